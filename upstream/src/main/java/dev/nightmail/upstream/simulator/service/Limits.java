package dev.nightmail.upstream.simulator.service;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits of the one account that a service serves. Each is a token bucket that refills
 * continuously, full at the start.
 *
 * @param requests per minute; null if unlimited, as for the others
 * @param inputTokens per minute: what is neither read from the cache nor free, so cache writes
 *     count and reads do not
 * @param outputTokens per minute
 * @param burst how long it takes to fill an empty bucket, so how much can be used at once: a minute
 *     lets the whole minute's allowance go in one instant
 * @param told what answers say of the limits
 */
public record Limits(
        @Nullable PerMinute requests,
        @Nullable PerMinute inputTokens,
        @Nullable PerMinute outputTokens,
        OutputCount outputCount,
        Duration burst,
        Told told) {

    public static final Duration BURST_MAX = Duration.ofMinutes(1);

    public static final Limits NONE =
            new Limits(null, null, null, OutputCount.AS_GENERATED, BURST_MAX, Told.EVERYTHING);

    /** When output tokens are taken off their limit. */
    public enum OutputCount {
        /**
         * As they are written, as the service has it today: a request is admitted while anything is
         * left, and {@code max_tokens} does not matter.
         */
        AS_GENERATED,
        /**
         * {@code max_tokens} at admission, of which the unused part is given back at the end: as it
         * was before, and as some other services have it.
         */
        RESERVED
    }

    /** What a service says of its limits. A service has them, whatever it says. */
    public enum Told {
        /** What is left, with every answer, and to whom it refuses, when to come again. */
        EVERYTHING,
        /** Only the latter. */
        RETRY_AFTER,
        NOTHING
    }

    public Limits {
        if (burst.compareTo(Duration.ofMillis(1)) < 0 || burst.compareTo(BURST_MAX) > 0) {
            throw new IllegalArgumentException(
                    "a burst of %s must be between 1 ms and a minute".formatted(burst));
        }
    }

    public Limits withRequests(PerMinute other) {
        return new Limits(other, inputTokens, outputTokens, outputCount, burst, told);
    }

    public Limits withInputTokens(PerMinute other) {
        return new Limits(requests, other, outputTokens, outputCount, burst, told);
    }

    public Limits withOutputTokens(PerMinute other, OutputCount count) {
        return new Limits(requests, inputTokens, other, count, burst, told);
    }

    public Limits withBurst(Duration other) {
        return new Limits(requests, inputTokens, outputTokens, outputCount, other, told);
    }

    public Limits withTold(Told other) {
        return new Limits(requests, inputTokens, outputTokens, outputCount, burst, other);
    }
}
