package dev.nightmail.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.ledger.Ledger.Grouping;
import dev.nightmail.core.ledger.Ledger.Sum;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.core.usage.Tariff;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.pipeline.cost.PriceList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageTextTest {

    private final UsageCost cost = new UsageCost(PriceList.shipped());
    private final UsageText text = new UsageText(cost);

    private static Tally tally(String model, ServiceTier tier, boolean us, long promptTokensOver) {
        return new Tally(
                new Tariff(model, new Billing("claude", tier, us), promptTokensOver),
                10,
                new Usage(1_000_000, 1_000_000, 0, 0, 0));
    }

    @ParameterizedTest
    @CsvSource({
        // A million tokens in at 1 dollar, a million out at 5.
        "claude-haiku-4-5, STANDARD,  false, 0,      6000000",
        "claude-haiku-4-5, PRIORITY,  false, 0,      6000000",
        "claude-haiku-4-5, UNKNOWN,   false, 0,      6000000",
        "claude-haiku-4-5, BATCH,     false, 0,      3000000",
        "claude-haiku-4-5, SIMULATED, false, 0,      0",
        "claude-haiku-4-5, STANDARD,  true,  0,      6600000",
        "claude-haiku-4-5, BATCH,     true,  0,      3300000",
        "claude-haiku-4-5, STANDARD,  false, 100000, 6000000",
        // This one costs five times as much behind long prompts.
        "claude-haiku-5-5, BATCH,     false, 0,      300000",
        "claude-haiku-5-5, BATCH,     false, 100000, 1500000",
        "claude-haiku-5-5, STANDARD,  false, 200000, 3000000",
    })
    void aCallCostsWhatItsUpstreamBills(
            String model, ServiceTier tier, boolean us, long promptTokensOver, long micros) {
        assertThat(cost.micros(tally(model, tier, us, promptTokensOver)))
                .isEqualTo(OptionalLong.of(micros));
    }

    @Test
    void aModelWithoutAPriceHasNoCostUnlessItIsFree() {
        assertThat(cost.micros(tally("qwen", ServiceTier.STANDARD, false, 0))).isEmpty();
        assertThat(cost.micros(tally("qwen", ServiceTier.SIMULATED, false, 0))).hasValue(0);
        assertThat(cost.micros(tally("claude-haiku-4-5", ServiceTier.UNREPORTED, false, 0)))
                .isEmpty();
    }

    @Test
    void theTableAddsUpWhatHasOneUpstreamAndTier() {
        var lines =
                text.table(
                        Grouping.DAY,
                        List.of(
                                sum(tally("claude-haiku-5-5", ServiceTier.BATCH, false, 0)),
                                sum(tally("claude-haiku-5-5", ServiceTier.BATCH, false, 100_000)),
                                sum(tally("claude-haiku-5-5", ServiceTier.STANDARD, false, 0))));

        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).startsWith("DAY").contains("UPSTREAM", "TIER");
        assertThat(lines.get(1))
                .matches("2026-11-21 +claude-haiku-5-5 +claude +batch +20 .*2,000,000 +\\$1\\.80");
        assertThat(lines.get(2))
                .matches("2026-11-21 +claude-haiku-5-5 +claude +standard +10 .* \\$0\\.600");
    }

    @Test
    void aTableByModelNamesEachModelOnce() {
        var lines =
                text.table(
                        Grouping.MODEL,
                        List.of(sum(tally("claude-haiku-5-5", ServiceTier.BATCH, false, 0))));

        assertThat(lines.get(0)).startsWith("MODEL").doesNotContain("DAY");
        assertThat(lines.get(1)).matches("claude-haiku-5-5 +claude +batch .*");
    }

    @Test
    void whatWasLostIsCalledUnknown() {
        var tally = new Tally(new Tariff("m", Billing.UNKNOWN, 0), 1, Usage.NONE);

        assertThat(text.table(Grouping.DAY, List.of(sum(tally))).get(1))
                .matches("2026-11-21 +m +unknown +unknown .* \\?");
    }

    @Test
    void aPriceIsAskedForWhereOneIsMissingAndNotWhereTheUsageIs() {
        var lines =
                text.table(
                        Grouping.MODEL,
                        List.of(
                                sum(tally("claude-haiku-4-5", ServiceTier.UNREPORTED, false, 0)),
                                sum(tally("qwen", ServiceTier.STANDARD, false, 0))));

        assertThat(lines)
                .contains("No price is known for qwen: name a file that has one with --prices.");
    }

    @Test
    void aProgramReadsEveryTariffApart() {
        var json = text.json(sum(tally("claude-haiku-5-5", ServiceTier.BATCH, true, 100_000)));

        assertThat(json.path("upstream").asString()).isEqualTo("claude");
        assertThat(json.path("service_tier").asString()).isEqualTo("batch");
        assertThat(json.path("in_us_only").asBoolean()).isTrue();
        assertThat(json.path("prompt_tokens_over").asLong()).isEqualTo(100_000);
        assertThat(json.path("cost_micros").asLong()).isEqualTo(1_650_000);
    }

    private static Sum sum(Tally tally) {
        return new Sum("2026-11-21", tally);
    }
}
