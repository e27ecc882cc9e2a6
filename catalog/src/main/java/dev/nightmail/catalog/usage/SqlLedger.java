package dev.nightmail.catalog.usage;

import dev.nightmail.catalog.sql.Database;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.ledger.Ledger;
import dev.nightmail.core.ledger.LedgerEntry;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.core.usage.Tariff;
import dev.nightmail.core.usage.Usage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The ledger of usage in SQL. */
public final class SqlLedger implements Ledger {

    private final Database database;

    public SqlLedger(Database database) {
        this.database = database;
    }

    private static final String KNOWN =
            """
            select 1
              from batch_usage
             where batch_id = :batch
             limit 1
            """;

    private static final String INSERT =
            """
            insert into batch_usage (
                batch_id, model, upstream, service_tier, in_us_only, prompt_tokens_over,
                workspace, key_id, day, requests, input_tokens, output_tokens,
                cache_creation_5m_tokens, cache_creation_1h_tokens, cache_read_tokens)
            values (
                :batch, :model, :upstream, :tier, :inUsOnly, :promptTokensOver,
                :workspace, :key, :day, :requests, :input, :output,
                :cacheCreation5m, :cacheCreation1h, :cacheRead)
            """;

    @Override
    public void insert(List<LedgerEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        database.write(handle -> {
            var unknown = unknown(handle, entries);
            if (unknown.isEmpty()) {
                return 0;
            }
            var group = handle.prepareBatch(INSERT);
            unknown.forEach(entry -> bind(group, entry).add());
            return group.execute().length;
        });
    }

    private static List<LedgerEntry> unknown(Handle handle, List<LedgerEntry> entries) {
        var known = new HashSet<BatchId>();
        for (var batch : entries.stream().map(LedgerEntry::batch).distinct().toList()) {
            if (handle.createQuery(KNOWN)
                    .bind("batch", batch.value())
                    .mapTo(Integer.class)
                    .findOne()
                    .isPresent()) {
                known.add(batch);
            }
        }
        return entries.stream().filter(entry -> !known.contains(entry.batch())).toList();
    }

    private static PreparedBatch bind(PreparedBatch group, LedgerEntry entry) {
        var tariff = entry.tally().tariff();
        var usage = entry.tally().usage();
        return group.bind("batch", entry.batch().value())
                .bind("model", tariff.model())
                .bind("upstream", tariff.billing().upstream())
                .bind("tier", tariff.billing().tier().text())
                .bind("inUsOnly", tariff.billing().inUsOnly() ? 1 : 0)
                .bind("promptTokensOver", tariff.promptTokensOver())
                .bind("workspace", entry.workspace().value())
                .bind("key", entry.key().value())
                .bind("day", entry.day().toString())
                .bind("requests", entry.tally().requests())
                .bind("input", usage.input())
                .bind("output", usage.output())
                .bind("cacheCreation5m", usage.cacheCreation5m())
                .bind("cacheCreation1h", usage.cacheCreation1h())
                .bind("cacheRead", usage.cacheRead());
    }

    /** {@code <column>} is one of ours, never anything from outside. */
    private static final String SUMS =
            """
            select <column> as grouped_by,
                   model as of_model,
                   upstream,
                   service_tier,
                   in_us_only,
                   prompt_tokens_over,
                   sum(requests) as requests,
                   sum(input_tokens) as input_tokens,
                   sum(output_tokens) as output_tokens,
                   sum(cache_creation_5m_tokens) as cache_creation_5m_tokens,
                   sum(cache_creation_1h_tokens) as cache_creation_1h_tokens,
                   sum(cache_read_tokens) as cache_read_tokens
              from batch_usage
             group by <column>, model, upstream, service_tier, in_us_only, prompt_tokens_over
             order by <column>, model, upstream, service_tier, in_us_only, prompt_tokens_over
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
                new Tally(tariff(row), row.getLong("requests"), usage(row)));
    }

    private static Tariff tariff(ResultSet row) throws SQLException {
        return new Tariff(
                row.getString("of_model"),
                new Billing(
                        row.getString("upstream"),
                        ServiceTier.parse(row.getString("service_tier")),
                        row.getInt("in_us_only") == 1),
                row.getLong("prompt_tokens_over"));
    }

    private static Usage usage(ResultSet row) throws SQLException {
        return new Usage(
                row.getLong("input_tokens"),
                row.getLong("output_tokens"),
                row.getLong("cache_creation_5m_tokens"),
                row.getLong("cache_creation_1h_tokens"),
                row.getLong("cache_read_tokens"));
    }
}
