package dev.nightmail.catalog.usage;

import dev.nightmail.catalog.sql.Database;
import dev.nightmail.core.usage.Ledger;
import dev.nightmail.core.usage.LedgerEntry;
import dev.nightmail.core.usage.Usage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The ledger of usage in SQL. */
public final class SqlLedger implements Ledger {

    private final Database database;

    public SqlLedger(Database database) {
        this.database = database;
    }

    private static final String INSERT =
            """
            insert into batch_usage (
                batch_id, model, workspace, key_id, day, requests, input_tokens, output_tokens,
                cache_creation_5m_tokens, cache_creation_1h_tokens, cache_read_tokens)
            values (
                :batch, :model, :workspace, :key, :day, :requests, :input, :output,
                :cacheCreation5m, :cacheCreation1h, :cacheRead)
            on conflict (batch_id, model) do nothing
            """;

    @Override
    public void insert(List<LedgerEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        database.write(handle -> {
            var group = handle.prepareBatch(INSERT);
            for (var entry : entries) {
                group.bind("batch", entry.batch().value())
                        .bind("model", entry.model())
                        .bind("workspace", entry.workspace().value())
                        .bind("key", entry.key().value())
                        .bind("day", entry.day().toString())
                        .bind("requests", entry.requests())
                        .bind("input", entry.usage().input())
                        .bind("output", entry.usage().output())
                        .bind("cacheCreation5m", entry.usage().cacheCreation5m())
                        .bind("cacheCreation1h", entry.usage().cacheCreation1h())
                        .bind("cacheRead", entry.usage().cacheRead())
                        .add();
            }
            return group.execute();
        });
    }

    /** {@code <column>} is one of ours, never anything from outside. */
    private static final String SUMS =
            """
            select <column> as grouped_by,
                   model as of_model,
                   sum(requests) as requests,
                   sum(input_tokens) as input_tokens,
                   sum(output_tokens) as output_tokens,
                   sum(cache_creation_5m_tokens) as cache_creation_5m_tokens,
                   sum(cache_creation_1h_tokens) as cache_creation_1h_tokens,
                   sum(cache_read_tokens) as cache_read_tokens
              from batch_usage
             group by <column>, model
             order by <column>, model
            """;

    @Override
    public List<Sum> sums(Grouping grouping) {
        return database.read(handle ->
                handle.createQuery(SUMS)
                        .define("column", column(grouping))
                        .map((row, _) -> sum(row))
                        .list());
    }

    private static String column(Grouping grouping) {
        return switch (grouping) {
            case KEY -> "key_id";
            case MODEL -> "model";
            case DAY -> "day";
            case BATCH -> "batch_id";
        };
    }

    private static Sum sum(ResultSet row) throws SQLException {
        return new Sum(
                row.getString("grouped_by"),
                row.getString("of_model"),
                row.getLong("requests"),
                new Usage(
                        row.getLong("input_tokens"),
                        row.getLong("output_tokens"),
                        row.getLong("cache_creation_5m_tokens"),
                        row.getLong("cache_creation_1h_tokens"),
                        row.getLong("cache_read_tokens")));
    }
}
