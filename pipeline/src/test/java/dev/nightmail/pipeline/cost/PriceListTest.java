package dev.nightmail.pipeline.cost;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PriceListTest {

    private final PriceList prices = PriceList.shipped();

    @Test
    void aBatchPaysHalfOfTheStandardPrice() {
        var haiku = prices.of("claude-haiku-4-5").orElseThrow().price(0);

        assertThat(haiku.costMicros(new Usage(1_000_000, 0, 0, 0, 0))).isEqualTo(500_000);
        assertThat(haiku.costMicros(new Usage(0, 1_000_000, 0, 0, 0))).isEqualTo(2_500_000);
        assertThat(haiku.costMicros(new Usage(0, 0, 1_000_000, 1_000_000, 1_000_000)))
                .isEqualTo(625_000 + 1_000_000 + 50_000);
        assertThat(prices.of("no-such-model")).isEmpty();
    }

    @Test
    void aCallPaysAllOfIt() {
        var haiku = prices.of("claude-haiku-4-5").orElseThrow().standardPrice(0);

        assertThat(haiku.costMicros(new Usage(1_000_000, 1_000_000, 0, 0, 1_000_000)))
                .isEqualTo(1_000_000 + 5_000_000 + 100_000);
    }

    @Test
    void longPromptsOfHaiku55CostMore() {
        var haiku = prices.of("claude-haiku-5-5").orElseThrow();

        assertThat(haiku.stepOf(100_000)).isZero();
        assertThat(haiku.stepOf(100_001)).isEqualTo(1);
        assertThat(haiku.price(0).costMicros(new Usage(100_000, 0, 0, 0, 0))).isEqualTo(5_000);
        assertThat(haiku.price(1).costMicros(new Usage(100_000, 0, 0, 0, 0))).isEqualTo(25_000);
    }

    @Test
    void aFractionOfAMicroDollarIsRoundedUp() {
        assertThat(new TokenPrice(50_000).costMicros(1)).isEqualTo(1);
        assertThat(new TokenPrice(50_000).costMicros(0)).isZero();
    }

    @Test
    void estimatesAreOrderedAndAnUnknownModelHasNone() {
        for (var cache : new CacheTtl[] {CacheTtl.FIVE_MINUTES, CacheTtl.ONE_HOUR}) {
            var known =
                    new Estimator(
                            new Estimator.Basis(
                                    Billing.BATCH,
                                    prices.of("claude-haiku-4-5").orElseThrow(),
                                    200,
                                    4000,
                                    cache,
                                    null,
                                    null));
            assertThat(known.estimate(300, 300 * 5000L).costMicros()).isNotNull();
            assertThat(known.estimate(1, 5000L).costMicros()).isNotNull();
        }
        var unknown =
                new Estimator(new Estimator.Basis(Billing.BATCH, null, 200, 0, null, null, null));
        assertThat(unknown.estimate(300, 300_000).costMicros()).isNull();
        assertThat(unknown.estimate(300, 300_000).inputTokens().likely()).isPositive();
    }
}
