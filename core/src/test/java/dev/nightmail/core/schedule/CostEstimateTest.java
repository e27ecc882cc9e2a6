package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.usage.Usage;
import org.junit.jupiter.api.Test;

class CostEstimateTest {

    private final CostEstimate costs = new CostEstimate();

    @Test
    void whatAnswersHaveUsedIsExpectedOfOthers() {
        for (int i = 0; i < 200; i++) {
            costs.learn(1_000, 400, new Usage(1_300, 40, 0, 0, 0));
        }

        assertThat(costs.of(2_000, 0, 800)).isEqualTo(new Cost(2_600, 80));
    }

    /** A document that a request only names is of a size that nobody sees. */
    @Test
    void requestsLargerThanTheyLookDoNotSpoilTheEstimateOfThoseThatAreNot() {
        for (int i = 0; i < 200; i++) {
            costs.learn(100, 400, new Usage(50_000, 100, 0, 0, 0));
            costs.learn(50_000, 400, new Usage(50_000, 100, 0, 0, 0));
        }

        assertThat(costs.of(50_000, 0, 400).inputTokens()).isLessThan(150_000);
    }
}
