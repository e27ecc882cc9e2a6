package dev.nightmail.upstream.wire;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.upstream.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The headers {@code anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,
 * remaining,reset}}; {@code reset} is RFC 3339.
 */
public final class RateLimits {

    private static final List<Told> TOLD = Arrays.stream(Limit.values()).map(Told::by).toList();

    /** The three headers that tell of one limit. */
    private record Told(
            Limit limit, String limitHeader, String remainingHeader, String resetHeader) {
        static Told by(Limit limit) {
            var name = limit.name().toLowerCase(Locale.ROOT).replace('_', '-');
            var prefix = "anthropic-ratelimit-" + name;
            return new Told(limit, prefix + "-limit", prefix + "-remaining", prefix + "-reset");
        }
    }

    private RateLimits() {}

    /**
     * @return of every limit that is told whole; one that lacks a part or cannot be read is left
     *     out
     */
    public static Headroom headroom(HttpHeaders headers) {
        var allowances = new EnumMap<Limit, Allowance>(Limit.class);
        for (var told : TOLD) {
            allowance(headers, told)
                    .ifPresent(allowance -> allowances.put(told.limit(), allowance));
        }
        return allowances.isEmpty() ? Headroom.UNTOLD : new Headroom(allowances);
    }

    private static Optional<Allowance> allowance(HttpHeaders headers, Told told) {
        var limit = headers.first(told.limitHeader()).flatMap(RateLimits::count);
        if (limit.isEmpty()) {
            return Optional.empty();
        }
        var remaining = headers.first(told.remainingHeader()).flatMap(RateLimits::count);
        var reset = headers.first(told.resetHeader()).flatMap(RateLimits::time);
        if (remaining.isEmpty() || reset.isEmpty()) {
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
