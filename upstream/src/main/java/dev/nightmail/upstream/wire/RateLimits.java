package dev.nightmail.upstream.wire;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.upstream.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Optional;

/**
 * The headers {@code anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,
 * remaining,reset}}; {@code reset} is RFC 3339.
 */
public final class RateLimits {

    private RateLimits() {}

    /**
     * @return of every limit that is told whole; one that lacks a part or cannot be read is left
     *     out
     */
    public static Headroom headroom(HttpHeaders headers) {
        var allowances = new EnumMap<Limit, Allowance>(Limit.class);
        for (var limit : Limit.values()) {
            allowance(headers, prefix(limit)).ifPresent(told -> allowances.put(limit, told));
        }
        return allowances.isEmpty() ? Headroom.UNTOLD : new Headroom(allowances);
    }

    private static String prefix(Limit limit) {
        return "anthropic-ratelimit-" + limit.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<Allowance> allowance(HttpHeaders headers, String prefix) {
        var limit = headers.first(prefix + "-limit").flatMap(RateLimits::count);
        var remaining = headers.first(prefix + "-remaining").flatMap(RateLimits::count);
        var reset = headers.first(prefix + "-reset").flatMap(RateLimits::time);
        if (limit.isEmpty() || remaining.isEmpty() || reset.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Allowance(limit.get(), remaining.get(), reset.get()));
    }

    private static Optional<Long> count(String value) {
        try {
            return Optional.of(Long.parseLong(value.strip())).filter(count -> count >= 0);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> time(String value) {
        try {
            return Optional.of(OffsetDateTime.parse(value.strip()).toInstant());
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
