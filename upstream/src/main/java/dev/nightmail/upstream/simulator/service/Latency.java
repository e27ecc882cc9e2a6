package dev.nightmail.upstream.simulator.service;

import java.time.Duration;

/**
 * How long a model takes.
 *
 * @param firstToken until an answer begins, apart from the reading of the prompt
 * @param prefillTokensPerSecond of the prompt, as far as it is not in the cache; 0 takes no time
 * @param perOutputToken for each token of the answer
 * @param jitter sigma of the lognormal factors that the times of a request have, one for its first
 *     token and one for the rest, both with a median of 1; 0 for none
 */
public record Latency(
        Duration firstToken, long prefillTokensPerSecond, Duration perOutputToken, double jitter) {

    public static final Latency NONE = new Latency(Duration.ZERO, 0, Duration.ZERO, 0);

    public Latency {
        if (firstToken.isNegative() || perOutputToken.isNegative() || prefillTokensPerSecond < 0) {
            throw new IllegalArgumentException("latencies are not negative");
        }
        if (!(jitter >= 0 && jitter <= 2)) {
            throw new IllegalArgumentException("jitter " + jitter + " must be between 0 and 2");
        }
    }

    /** Without reading time and without jitter. */
    public static Latency of(Duration firstToken, Duration perOutputToken) {
        return new Latency(firstToken, 0, perOutputToken, 0);
    }
}
