package dev.nightmail.upstream.openai;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.upstream.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The headers {@code x-ratelimit-{limit,remaining,reset}-{requests,tokens}} of OpenAI and of hosted
 * services like it. Unlike Anthropic's, {@code reset} says how long it takes: {@code 6m0s}, {@code
 * 1.5s}, {@code 20ms}.
 */
final class RateLimitHeaders {

    private static final List<Told> TOLD =
            List.of(new Told(Limit.REQUESTS, "requests"), new Told(Limit.TOKENS, "tokens"));

    /** Longer than any period of a limit. */
    private static final Duration RESET_MAX = Duration.ofDays(1);

    /** The three headers that tell of one limit. */
    private record Told(
            Limit limit, String limitHeader, String remainingHeader, String resetHeader) {
        Told(Limit limit, String name) {
            this(
                    limit,
                    "x-ratelimit-limit-" + name,
                    "x-ratelimit-remaining-" + name,
                    "x-ratelimit-reset-" + name);
        }
    }

    private RateLimitHeaders() {}

    /**
     * @return of every limit that is told whole; one that lacks a part or cannot be read is left
     *     out
     */
    static Headroom headroom(HttpHeaders headers, InstantSource clock) {
        var allowances = new EnumMap<Limit, Allowance>(Limit.class);
        Instant now = null;
        for (var told : TOLD) {
            var limit = count(headers, told.limitHeader());
            var remaining = count(headers, told.remainingHeader());
            var reset = headers.first(told.resetHeader()).flatMap(RateLimitHeaders::duration);
            if (limit.isPresent() && remaining.isPresent() && reset.isPresent()) {
                now = now == null ? clock.instant() : now;
                allowances.put(
                        told.limit(),
                        new Allowance(
                                limit.getAsLong(), remaining.getAsLong(), now.plus(reset.get())));
            }
        }
        return allowances.isEmpty() ? Headroom.UNTOLD : new Headroom(allowances);
    }

    private static OptionalLong count(HttpHeaders headers, String name) {
        var value = headers.first(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long count = Long.parseLong(value.get().strip());
            return count < 0 ? OptionalLong.empty() : OptionalLong.of(count);
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    /**
     * Numbers with their units, one behind the other, each with a fraction or without.
     *
     * @return at most {@link #RESET_MAX}; empty if it is something else
     */
    static Optional<Duration> duration(String text) {
        String value = text.strip();
        double seconds = 0;
        int at = 0;
        while (at < value.length()) {
            int unit = at;
            while (unit < value.length() && isOfNumber(value.charAt(unit))) {
                unit++;
            }
            int end = unit;
            while (end < value.length() && !isOfNumber(value.charAt(end))) {
                end++;
            }
            double scale = secondsIn(value.substring(unit, end));
            if (unit == at || scale <= 0) {
                return Optional.empty();
            }
            try {
                seconds += Double.parseDouble(value.substring(at, unit)) * scale;
            } catch (NumberFormatException _) {
                return Optional.empty();
            }
            at = end;
        }
        if (value.isEmpty()) {
            return Optional.empty();
        }
        double bounded = Math.min(seconds, (double) RESET_MAX.toSeconds());
        return Optional.of(Duration.ofNanos(Math.round(bounded * 1e9)));
    }

    private static boolean isOfNumber(char c) {
        return (c >= '0' && c <= '9') || c == '.';
    }

    /** Zero for what is no unit. A number without one counts seconds, as some services have it. */
    private static double secondsIn(String unit) {
        return switch (unit) {
            case "d" -> 86_400;
            case "h" -> 3_600;
            case "m" -> 60;
            case "s", "" -> 1;
            case "ms" -> 1e-3;
            case "us", "µs" -> 1e-6;
            case "ns" -> 1e-9;
            default -> 0;
        };
    }
}
