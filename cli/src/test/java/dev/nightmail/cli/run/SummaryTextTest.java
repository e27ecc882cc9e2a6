package dev.nightmail.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.cli.text.Style;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.cost.Tariff;
import dev.nightmail.pipeline.cost.Usage;
import dev.nightmail.pipeline.run.RunSummary;
import dev.nightmail.pipeline.run.RunSummary.End;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SummaryTextTest {

    private static final Path FOLDER = Path.of("reviews");

    @Test
    void aCompleteRunSaysWhereItsResultsAre() {
        var summary = summary(End.COMPLETE, 300, Map.of(), 0, 31_200L, 31_200L);

        assertThat(text(summary))
                .isEqualTo(
                        """
                        review-sentiment  complete

                          records  300
                          done     300
                          batches    2

                          tokens   57,120 in, 6,003 out (12,000 read from the cache)
                          cost     $0.031; a call for each would have cost $2.03 more
                          elapsed  1 min 02 s

                          results  reviews/results.parquet
                                   table answers in sqlite:a.db
                          report   reviews/report.html
                        """);
    }

    @Test
    void recordsSetAsideAreCountedByReason() {
        var failed = new LinkedHashMap<String, Long>();
        failed.put("invalid_answer", 1_200L);
        failed.put("refusal", 1L);

        var text = text(summary(End.COMPLETE, 8_799, failed, 0, 31_200L, 1_031_200L));

        assertThat(text)
                .isEqualTo(
                        """
                        review-sentiment  complete, some records set aside

                          records    10,000
                          done        8,799
                          set aside   1,201  1,200 broke the schema, 1 declined by the model
                          batches         2

                          tokens   57,120 in, 6,003 out (12,000 read from the cache)
                          cost     $0.031 in this run, $1.03 in all runs; a call for each would have cost $2.03 more
                          elapsed  1 min 02 s

                          results    reviews/results.parquet
                                     table answers in sqlite:a.db
                          set aside  reviews/failed.jsonl
                          report     reviews/report.html
                        """);
    }

    @Test
    void aBudgetThatEndedTheRunIsNamedWithTheWayOn() {
        var text = text(summary(End.BUDGET_REACHED, 100, Map.of(), 200, 31_200L, 31_200L));

        assertThat(text)
                .contains("review-sentiment  stopped at its budget")
                .contains("not sent  200")
                .endsWith("  Raise budget in the pipeline and run it again to go on.\n");
    }

    @Test
    void aSimulatedRunSaysThatNothingWasCharged() {
        assertThat(
                        text(
                                summary(
                                        Endpoint.SIMULATOR,
                                        End.COMPLETE,
                                        300,
                                        Map.of(),
                                        0,
                                        31_200L,
                                        31_200L)))
                .contains(
                        "cost     simulated: would have cost about $0.031 at Anthropic's batch price");
    }

    @Test
    void aModelWithoutAPriceHasNoCost() {
        assertThat(text(summary(End.COMPLETE, 300, Map.of(), 0, null, null)))
                .contains("cost     not known: there is no price for claude-haiku-4-5");
    }

    private static String text(RunSummary summary) {
        var lines = new SummaryText(Style.PLAIN, Path::toString).lines(summary);
        return String.join("\n", lines) + "\n";
    }

    private static RunSummary summary(
            End end,
            long done,
            Map<String, Long> failed,
            long unsent,
            @Nullable Long cost,
            @Nullable Long total) {
        return summary("https://api.anthropic.com", end, done, failed, unsent, cost, total);
    }

    private static RunSummary summary(
            String endpoint,
            End end,
            long done,
            Map<String, Long> failed,
            long unsent,
            @Nullable Long cost,
            @Nullable Long total) {
        var failures = failed.values().stream().mapToLong(Long::longValue).sum();
        return new RunSummary(
                "review-sentiment",
                "claude-haiku-4-5",
                endpoint,
                "0123456789ab",
                end,
                done + failures + unsent,
                done,
                failed,
                unsent,
                0,
                2,
                2,
                0,
                new Usage(45_120, 6_003, 0, 0, 12_000),
                new Tariff(
                        endpoint.equals(Endpoint.SIMULATOR) ? Billing.SIMULATED : Billing.BATCH,
                        "claude-haiku-4-5",
                        PriceList.shipped()),
                cost,
                total,
                cost != null && !endpoint.equals(Endpoint.SIMULATOR) ? cost + 2_000_000 : null,
                Duration.ofSeconds(62),
                List.of(
                        new RunSummary.Place("results.parquet", FOLDER.resolve("results.parquet")),
                        new RunSummary.Place("table answers in sqlite:a.db", null)),
                failures == 0 ? null : FOLDER.resolve("failed.jsonl"),
                FOLDER.resolve("report.html"));
    }
}
