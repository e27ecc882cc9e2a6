package dev.nightmail.core.schedule;

import dev.nightmail.core.usage.Usage;

/**
 * Learns, from what calls of one upstream have used, what others will: our own figures are a count
 * of bytes and the most that was asked for.
 */
final class CostEstimate {

    /** How much the latest answer counts. */
    private static final double NEWS = 0.05;

    private final Ratio input = new Ratio(1);
    private final Ratio output = new Ratio(0.25);

    /**
     * Of means, not a mean of ratios: a few requests that use a hundred times what they look like
     * would have all others taken for a hundred times as large.
     */
    private static final class Ratio {
        private final double atFirst;
        private double expected;
        private double used;

        Ratio(double atFirst) {
            this.atFirst = atFirst;
        }

        double now() {
            return expected > 0 ? used / expected : atFirst;
        }

        void learn(long nextExpected, long nextUsed) {
            if (nextExpected <= 0) {
                return;
            }
            if (expected <= 0) {
                expected = (double) nextExpected;
                used = atFirst * (double) nextExpected;
            }
            expected += NEWS * ((double) nextExpected - expected);
            used += NEWS * ((double) nextUsed - used);
        }
    }

    /**
     * @param inputTokens estimate of the whole prompt
     * @param cachedTokens of it, that are expected to be read from a cache
     */
    Cost of(long inputTokens, long cachedTokens, long outputTokensMax) {
        return new Cost(
                Math.round(Math.max(0, inputTokens - cachedTokens) * input.now()),
                Math.max(1, Math.round(outputTokensMax * output.now())));
    }

    void learn(long inputTokens, long outputTokensMax, Usage used) {
        input.learn(inputTokens, used.promptTokens());
        output.learn(outputTokensMax, used.output());
    }
}
