package dev.nightmail.core.schedule;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits that double from {@code min} up to {@code max}, each drawn from the upper half of its span.
 */
public record Backoff(Duration min, Duration max) {

    public Backoff {
        if (min.isNegative() || min.isZero() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException("expected 0 < min <= max");
        }
    }

    /**
     * @param failures so far, at least 1
     */
    public Duration delay(int failures, RandomGenerator random) {
        int doublings = Math.min(failures - 1, 30);
        long span = Math.min(max.toNanos(), saturatedShift(min.toNanos(), doublings));
        return Duration.ofNanos(span - random.nextLong(span / 2 + 1));
    }

    private static long saturatedShift(long value, int bits) {
        return Long.numberOfLeadingZeros(value) > bits + 1 ? value << bits : Long.MAX_VALUE / 2;
    }
}
