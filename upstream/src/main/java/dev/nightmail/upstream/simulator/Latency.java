package dev.nightmail.upstream.simulator;

import java.time.Duration;

/** How long a simulated model takes: until its first token, and for each one it writes. */
public record Latency(Duration firstToken, Duration perOutputToken) {

    public static final Latency NONE = new Latency(Duration.ZERO, Duration.ZERO);

    public Latency {
        if (firstToken.isNegative() || perOutputToken.isNegative()) {
            throw new IllegalArgumentException("latencies are not negative");
        }
    }

    Duration of(long outputTokens) {
        return firstToken.plus(perOutputToken.multipliedBy(outputTokens));
    }
}
