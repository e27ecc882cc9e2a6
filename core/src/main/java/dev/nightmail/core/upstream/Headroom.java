package dev.nightmail.core.upstream;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a service says it has left for us, at the moment it answered. A service that says nothing of
 * a limit may have it all the same.
 */
public record Headroom(Map<Limit, Allowance> allowances) {

    /** The service said nothing. */
    public static final Headroom UNTOLD = new Headroom(Map.of());

    /** What a service counts. Some count all tokens together, some the two directions apart. */
    public enum Limit {
        REQUESTS,
        TOKENS,
        INPUT_TOKENS,
        OUTPUT_TOKENS
    }

    /**
     * @param limit most that is allowed in one period, whose length is the service's affair
     * @param remaining what is left of it; counts of tokens are rounded to thousands (wire
     *     contract, section 3.3)
     * @param fullAt when all of it will be there again, if nothing is asked until then; null if
     *     that is not told
     */
    public record Allowance(long limit, long remaining, @Nullable Instant fullAt) {
        public Allowance {
            if (limit < 0 || remaining < 0) {
                throw new IllegalArgumentException("an allowance is not negative");
            }
        }
    }

    public Headroom {
        var ordered = new EnumMap<Limit, Allowance>(Limit.class);
        ordered.putAll(allowances);
        allowances = Collections.unmodifiableMap(ordered);
    }

    public Optional<Allowance> of(Limit limit) {
        return Optional.ofNullable(allowances.get(limit));
    }
}
