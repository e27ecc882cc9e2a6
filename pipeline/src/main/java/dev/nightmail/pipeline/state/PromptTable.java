package dev.nightmail.pipeline.state;

import java.time.Instant;
import java.util.List;

/**
 * The prompts a pipeline was run with: what the requests of each version were made from, kept for
 * as long as the state is, since rows and batches name versions by their hash alone.
 */
public final class PromptTable {

    private final Sql sql;

    PromptTable(Sql sql) {
        this.sql = sql;
    }

    /**
     * A version is kept once. Part of a transaction.
     *
     * @param shape a JSON object
     */
    public void keep(String version, String shape, Instant now) {
        sql.update(
                "insert or ignore into prompt (version, shape, first_at) values (?, ?, ?)",
                version,
                shape,
                now.toString());
    }

    /** All versions that were planned or sent, the oldest first. */
    public List<StoredPrompt> all() {
        return sql.list(
                """
                select v.version, p.shape, coalesce(p.first_at, b.first_at) as first_at,
                       coalesce(b.model, ''), coalesce(b.accepted, 0)
                  from (select version from prompt union select prompt_version from batch where prompt_version <> '') v
                  left join prompt p on p.version = v.version
                  left join (select prompt_version, min(prepared_at) as first_at, max(model) as model, sum(accepted) as accepted
                               from batch
                              group by prompt_version) b
                         on b.prompt_version = v.version
                 order by first_at, v.version
                """,
                row ->
                        new StoredPrompt(
                                row.getString(1),
                                row.getString(2),
                                Instant.parse(row.getString(3)),
                                row.getString(4),
                                row.getLong(5)));
    }
}
