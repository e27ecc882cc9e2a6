package dev.nightmail.upstream.simulator.service;

/**
 * How long answers are: lognormal, as those of people's workloads are.
 *
 * @param medianTokens half of the answers are shorter
 * @param spread sigma of the logarithm; 0 makes all as long as the median
 */
public record OutputLengths(long medianTokens, double spread) {

    public OutputLengths {
        if (medianTokens < 1) {
            throw new IllegalArgumentException(
                    "a median of %d output tokens must be at least 1".formatted(medianTokens));
        }
        if (!(spread >= 0 && spread <= 3)) {
            throw new IllegalArgumentException("spread " + spread + " must be between 0 and 3");
        }
    }

    /**
     * The length of one answer.
     *
     * @param identity of the request; see {@link Arrival}
     * @param tokensMax {@code max_tokens}
     * @return between 1 and {@code tokensMax}; 0 if that is 0
     */
    public long draw(long seed, long identity, long tokensMax) {
        double tokens = medianTokens * Chance.of(seed, identity, Chance.LENGTH).factor(spread);
        return Math.min(tokensMax, Math.max(1, Math.round(tokens)));
    }
}
