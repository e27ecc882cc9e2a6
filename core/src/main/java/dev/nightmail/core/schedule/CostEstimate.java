package dev.nightmail.core.schedule;

import dev.nightmail.core.usage.Usage;

/**
 * Learns, from what calls of one upstream have used, what others will: our own figures are a count
 * of bytes and the most that was asked for.
 */
final class CostEstimate {

    /** How much the latest answer counts. */
    private static final double NEWS = 0.05;

    private double inputRatio = 1;
    private double outputRatio = 0.25;

    /**
     * @param inputTokens estimate of the whole prompt
     * @param cachedTokens of it, that are expected to be read from a cache
     */
    Cost of(long inputTokens, long cachedTokens, long outputTokensMax) {
        return new Cost(
                Math.round(Math.max(0, inputTokens - cachedTokens) * inputRatio),
                Math.max(1, Math.round(outputTokensMax * outputRatio)));
    }

    void learn(long inputTokens, long outputTokensMax, Usage used) {
        if (inputTokens > 0) {
            inputRatio += NEWS * ((double) used.promptTokens() / inputTokens - inputRatio);
        }
        if (outputTokensMax > 0) {
            outputRatio += NEWS * ((double) used.output() / outputTokensMax - outputRatio);
        }
    }
}
