package dev.nightmail.upstream.simulator.service;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.usage.Usage;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What becomes of a request that has arrived. Times are never before the arrival. */
public sealed interface Admission {

    /**
     * It is answered.
     *
     * @param beginsAt when work on it begins: later than its arrival if it has to wait for a place
     * @param firstTokenAt when its answer begins, and what it writes to the cache becomes usable
     * @param headroom at the time of its arrival, this request taken off
     */
    record Accepted(
            Instant beginsAt, Instant firstTokenAt, Instant doneAt, Usage usage, Headroom headroom)
            implements Admission {}

    /**
     * A rate limit is used up (429). It cost nothing.
     *
     * @param limit the one that takes longest to have room for it
     * @param retryAfter until then, in whole seconds, at least one; null if the service does not
     *     say
     */
    record RateLimited(Headroom.Limit limit, @Nullable Duration retryAfter, Headroom headroom)
            implements Admission {}

    /** All places are taken, and all to wait in (529). It cost nothing. */
    record Overloaded(Headroom headroom) implements Admission {}

    /**
     * A brown-out took it. It cost nothing.
     *
     * @param at when the error is told
     */
    record Failed(ErrorType error, Instant at, Headroom headroom) implements Admission {}

    /** What the service says of its limits; {@link Headroom#UNTOLD} if it is one that does not. */
    Headroom headroom();
}
