package dev.nightmail.wire.error;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long a service asks to be left alone. */
public final class RetryAfter {

    /**
     * Longer than this is not believed: the worst that asking once an hour can do is to be told so
     * again, and a wrong clock must not put a batch to sleep until it expires.
     */
    public static final Duration MAX = Duration.ofHours(1);

    private RetryAfter() {}

    /**
     * Reads {@code retry-after-ms}, else {@code retry-after} as seconds (fractions too) or as an
     * HTTP date.
     *
     * @return between zero and {@link #MAX}; empty if there is none that can be read
     */
    public static Optional<Duration> of(HeaderLookup headers, InstantSource clock) {
        return headers.first("retry-after-ms")
                .flatMap(value -> number(value, 1_000_000))
                .or(() -> headers.first("retry-after").flatMap(value -> parse(value, clock)))
                .map(RetryAfter::bounded);
    }

    /** The same, or else what the error's body says. */
    public static Optional<Duration> of(
            HeaderLookup headers, ServiceError error, InstantSource clock) {
        return of(headers, clock).or(() -> Optional.ofNullable(error.retryAfter()));
    }

    private static Optional<Duration> parse(String value, InstantSource clock) {
        return seconds(value).or(() -> date(value, clock.instant()));
    }

    static Optional<Duration> seconds(String value) {
        return number(value, 1_000_000_000);
    }

    private static Optional<Duration> number(String value, double unitNanos) {
        double number;
        try {
            number = Double.parseDouble(value.strip());
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
        if (Double.isNaN(number) || number < 0) {
            return Optional.empty();
        }
        return Optional.of(
                Duration.ofNanos((long) Math.min(number * unitNanos, (double) MAX.toNanos())));
    }

    private static Optional<Duration> date(String value, Instant now) {
        try {
            var then = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
            return Optional.of(Duration.between(now, then.toInstant()));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration duration) {
        if (duration.isNegative()) {
            return Duration.ZERO;
        }
        return duration.compareTo(MAX) > 0 ? MAX : duration;
    }
}
