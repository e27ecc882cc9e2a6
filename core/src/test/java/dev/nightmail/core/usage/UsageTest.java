package dev.nightmail.core.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageTest {

    @ParameterizedTest(name = "sum {0}, 5m {1}, 1h {2}")
    @CsvSource({
        // The sum alone: all of it had the default ttl.
        "7, 0, 0,   7, 0",
        // The breakdown alone.
        "0, 3, 4,   3, 4",
        // Both, and they agree.
        "7, 3, 4,   3, 4",
        "7, 0, 7,   0, 7",
        // The breakdown leaves something untold.
        "9, 3, 4,   5, 4",
        "9, 0, 4,   5, 4",
        // The breakdown tells more than the sum.
        "5, 3, 4,   3, 4",
        // Nothing was written.
        "0, 0, 0,   0, 0",
    })
    void cacheWritesAreReadByOneRule(
            long sum, long told5m, long told1h, long cacheCreation5m, long cacheCreation1h) {
        assertThat(Usage.told(1, 2, sum, told5m, told1h, 5))
                .isEqualTo(new Usage(1, 2, cacheCreation5m, cacheCreation1h, 5));
    }

    @Test
    void thePromptIsEverythingThatWentIn() {
        assertThat(new Usage(1, 10, 100, 1_000, 10_000).promptTokens()).isEqualTo(11_101);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0",
        "100000, 0",
        "100001, 100000",
        "200000, 100000",
        "200001, 200000",
        "1000000, 200000",
    })
    void aTariffKnowsHowLongItsPromptsAre(long promptTokens, long over) {
        var usage = new Usage(1, 5, 0, 0, promptTokens - 1);

        assertThat(Tariff.of("m", Billing.UNKNOWN, usage).promptTokensOver()).isEqualTo(over);
    }

    @Test
    void usageAddsUpWithinATariff() {
        var tariff = new Tariff("m", Billing.UNKNOWN, 0);
        var one = Tally.of(tariff, new Usage(1, 2, 3, 4, 5));

        assertThat(one.plus(one)).isEqualTo(new Tally(tariff, 2, new Usage(2, 4, 6, 8, 10)));
    }

    @Test
    void usageOfTwoTariffsIsNotAddedUp() {
        var standard = new Billing("claude", ServiceTier.STANDARD, false);
        var batch = new Billing("claude", ServiceTier.BATCH, false);
        var one = Tally.of(new Tariff("m", standard, 0), Usage.NONE);
        var other = Tally.of(new Tariff("m", batch, 0), Usage.NONE);

        assertThatThrownBy(() -> one.plus(other)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theNameOfAnUpstreamHasRoomInTheIndex() {
        new Billing("u".repeat(Billing.UPSTREAM_LENGTH_MAX), ServiceTier.STANDARD, false);

        assertThatThrownBy(() ->
                        new Billing(
                                "u".repeat(Billing.UPSTREAM_LENGTH_MAX + 1),
                                ServiceTier.STANDARD,
                                false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Billing("über", ServiceTier.STANDARD, false))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
