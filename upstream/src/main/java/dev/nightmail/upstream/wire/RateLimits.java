package dev.nightmail.upstream.wire;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.upstream.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The headers {@code anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,
 * remaining,reset}}; {@code reset} is RFC 3339.
 */
public final class RateLimits {

    private static final ToldLimits TOLD =
            new ToldLimits(Arrays.stream(Limit.values()).map(RateLimits::names).toList());

    private RateLimits() {}

    private static ToldLimits.Names names(Limit limit) {
        var name = limit.name().toLowerCase(Locale.ROOT).replace('_', '-');
        var prefix = "anthropic-ratelimit-" + name;
        return new ToldLimits.Names(
                limit, prefix + "-limit", prefix + "-remaining", prefix + "-reset");
    }

    /** As {@link ToldLimits#headroom}. */
    public static Headroom headroom(HttpHeaders headers) {
        return TOLD.headroom(headers, RateLimits::time);
    }

    private static Optional<Instant> time(String value) {
        try {
            return Optional.of(OffsetDateTime.parse(value.strip()).toInstant());
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
