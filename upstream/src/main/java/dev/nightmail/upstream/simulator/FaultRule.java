package dev.nightmail.upstream.simulator;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * When a fault strikes, and how. All conditions must hold. Made by {@link FaultScript#parse}.
 *
 * @param fault null if the call is only slow
 * @param delay before anything is answered
 * @param retryAfter what a refusal asks for
 * @param times strikes only the first so many attempts of a request; 0 strikes all
 * @param every strikes only every so-manieth call of all; 1 strikes all
 * @param probability with which it strikes an attempt, decided by the seed
 */
public record FaultRule(
        @Nullable Fault fault,
        Duration delay,
        @Nullable Duration retryAfter,
        int times,
        int every,
        double probability) {

    public FaultRule {
        if (times < 0) {
            throw new IllegalArgumentException("times=" + times + " must not be negative");
        }
        if (every < 1) {
            throw new IllegalArgumentException("every=" + every + " must be at least 1");
        }
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(
                    "probability=" + probability + " must be between 0 and 1");
        }
    }

    /**
     * @param text such as {@code error=overloaded;times=2;retry-after=1s}
     */
    static FaultRule parse(String text) {
        Fault fault = null;
        var delay = Duration.ZERO;
        Duration retryAfter = null;
        int times = 0;
        int every = 1;
        double probability = 1;
        for (var part : text.split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "'%s' must be of the form key=value;key=value".formatted(text));
            }
            String key = part.substring(0, equals);
            String value = part.substring(equals + 1);
            try {
                switch (key) {
                    case "error" -> fault = Fault.parse(value);
                    case "delay" -> delay = duration(value);
                    case "retry-after" -> retryAfter = duration(value);
                    case "times" -> times = Integer.parseInt(value);
                    case "every" -> every = Integer.parseInt(value);
                    case "probability" -> probability = Double.parseDouble(value);
                    default ->
                            throw new IllegalArgumentException(
                                    "'%s' is none of error, delay, retry-after, times, every, probability"
                                            .formatted(key));
                }
            } catch (NumberFormatException _) {
                throw new IllegalArgumentException("%s=%s must be a number".formatted(key, value));
            }
        }
        if (fault == null && delay.isZero()) {
            throw new IllegalArgumentException(
                    "'%s' must have an error or a delay".formatted(text));
        }
        return new FaultRule(fault, delay, retryAfter, times, every, probability);
    }

    /** {@code 250ms}, {@code 1.5s}, {@code 2m}; a number alone is seconds. */
    private static Duration duration(String text) {
        String value = text.toLowerCase(Locale.ROOT);
        double unitMillis = 1000;
        if (value.endsWith("ms")) {
            unitMillis = 1;
            value = value.substring(0, value.length() - 2);
        } else if (value.endsWith("s")) {
            value = value.substring(0, value.length() - 1);
        } else if (value.endsWith("m")) {
            unitMillis = 60_000;
            value = value.substring(0, value.length() - 1);
        }
        double millis = Double.parseDouble(value) * unitMillis;
        if (!(millis >= 0 && millis <= 86_400_000)) {
            throw new IllegalArgumentException(text + " must be between 0 and a day");
        }
        return Duration.ofMillis((long) millis);
    }
}
