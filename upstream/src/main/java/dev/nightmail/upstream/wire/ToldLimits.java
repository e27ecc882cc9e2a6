package dev.nightmail.upstream.wire;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.upstream.http.HttpHeaders;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The headers in which a service tells of its rate limits, three for each.
 *
 * @param limits that it may tell of
 */
public record ToldLimits(List<Names> limits) {

    /** Under which names one limit is told of: how much it is, what is left, when it is full. */
    public record Names(Limit limit, String most, String remaining, String reset) {}

    public ToldLimits {
        limits = List.copyOf(limits);
    }

    /**
     * @param reset reads when a limit is whole again
     * @return of every limit that is told with what is left of it; when it is whole again may be
     *     missing, or be something that cannot be read
     */
    public Headroom headroom(HttpHeaders headers, Function<String, Optional<Instant>> reset) {
        var allowances = new EnumMap<Limit, Allowance>(Limit.class);
        for (var names : limits) {
            // Most answers tell of none.
            var most = headers.first(names.most()).flatMap(ToldLimits::count);
            if (most.isPresent()) {
                var remaining = headers.first(names.remaining()).flatMap(ToldLimits::count);
                var fullAt = headers.first(names.reset()).flatMap(reset);
                if (remaining.isPresent()) {
                    allowances.put(
                            names.limit(),
                            new Allowance(most.get(), remaining.get(), fullAt.orElse(null)));
                }
            }
        }
        return allowances.isEmpty() ? Headroom.UNTOLD : new Headroom(allowances);
    }

    private static Optional<Long> count(String value) {
        try {
            return Optional.of(Long.parseLong(value.strip())).filter(count -> count >= 0);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }
}
