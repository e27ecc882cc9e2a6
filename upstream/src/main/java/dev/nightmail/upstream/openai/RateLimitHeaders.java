package dev.nightmail.upstream.openai;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.wire.ToldLimits;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The headers {@code x-ratelimit-{limit,remaining,reset}-{requests,tokens}} of OpenAI and of hosted
 * services like it. Unlike Anthropic's, {@code reset} says how long it takes: {@code 6m0s}, {@code
 * 1.5s}, {@code 20ms}.
 */
final class RateLimitHeaders {

    private static final ToldLimits TOLD =
            new ToldLimits(
                    List.of(names(Limit.REQUESTS, "requests"), names(Limit.TOKENS, "tokens")));

    /** Longer than any period of a limit. */
    private static final Duration RESET_MAX = Duration.ofDays(1);

    private RateLimitHeaders() {}

    private static ToldLimits.Names names(Limit limit, String name) {
        return new ToldLimits.Names(
                limit,
                "x-ratelimit-limit-" + name,
                "x-ratelimit-remaining-" + name,
                "x-ratelimit-reset-" + name);
    }

    /** As {@link ToldLimits#headroom}. */
    static Headroom headroom(HttpHeaders headers, InstantSource clock) {
        return TOLD.headroom(
                headers, reset -> duration(reset).map(left -> clock.instant().plus(left)));
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
