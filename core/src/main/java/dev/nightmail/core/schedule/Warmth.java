package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream's prompt cache is believed to hold: which prefixes are <i>warm</i>, and which
 * are <i>being warmed</i> by a call that is under way. Everything else is <i>cold</i>.
 *
 * <p>A prefix can be read from the cache only once the first answer to it has begun: calls that set
 * out before pay for writing it again. So a prefix that is being warmed is waited for.
 *
 * <p>Every time is of the steady clock. A belief that is wrong costs money or time, and nothing
 * else.
 */
final class Warmth {

    /**
     * So long a call that warms is waited for. If it takes longer, another goes ahead: better to
     * write a prefix twice than to stand still behind a call that hangs.
     */
    static final Duration WARMING_MAX = Duration.ofMinutes(1);

    /** More prefixes than a service keeps for us in an hour; the ones longest unused go first. */
    private static final int PREFIXES_MAX = 100_000;

    /**
     * @param warmingBefore when the call set out that warms it and has taken too long, so that
     *     another has joined it
     */
    private record State(
            @Nullable Instant warmUntil,
            @Nullable Instant warmingSince,
            @Nullable Instant warmingBefore) {}

    private final Map<Integer, State> states =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Integer, State> eldest) {
                    return size() > PREFIXES_MAX;
                }
            };

    boolean isWarm(int prefix, Instant now) {
        var state = states.get(prefix);
        return state != null && state.warmUntil() != null && now.isBefore(state.warmUntil());
    }

    /** Until when it is warm; long ago if it is not. */
    Instant warmUntil(int prefix) {
        var state = states.get(prefix);
        var until = state == null ? null : state.warmUntil();
        return until == null ? Instant.EPOCH : until;
    }

    boolean isWarming(int prefix, Instant now) {
        var state = states.get(prefix);
        return state != null
                && state.warmingSince() != null
                && now.isBefore(state.warmingSince().plus(WARMING_MAX));
    }

    /** The first of these that is not warm yet and that a call under way warms; null if none. */
    @Nullable Integer awaited(int[] chain, Instant now) {
        for (int prefix : chain) {
            if (!isWarm(prefix, now) && isWarming(prefix, now)) {
                return prefix;
            }
        }
        return null;
    }

    /** A call sets out that will write those of them that are cold. */
    void warming(int[] chain, Instant now) {
        for (int prefix : chain) {
            if (!isWarm(prefix, now)) {
                var state = states.get(prefix);
                states.put(prefix, new State(null, now, state == null ? null : state.warmingSince));
            }
        }
    }

    /**
     * A call that read or wrote it has been answered. Where answers take longer than the prefix is
     * kept, it is kept all the same by those that have joined: all but the last of them have read
     * it long since.
     *
     * @param sent when the call had set out
     * @param ttl how long it is kept from then on
     */
    void warm(int prefix, Instant sent, Duration ttl) {
        var state = states.get(prefix);
        var joined = state == null ? null : state.warmingBefore;
        var until = (joined != null && joined.isAfter(sent) ? joined : sent).plus(ttl);
        var known = state == null ? null : state.warmUntil;
        if (known == null || known.isBefore(until)) {
            states.put(prefix, new State(until, null, null));
        }
    }

    /** The call that was to warm these has come to nothing. */
    void notWarmed(int[] chain) {
        for (int prefix : chain) {
            var state = states.get(prefix);
            if (state != null && state.warmingSince() != null) {
                states.remove(prefix);
            }
        }
    }
}
