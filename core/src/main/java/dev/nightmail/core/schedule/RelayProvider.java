package dev.nightmail.core.schedule;

import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One provider: what waits for it, what it has, and whether it may be given more. */
final class RelayProvider {

    /** A create is megabytes: it is not repeated as fast as a call. */
    private static final Backoff PAUSE = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    private final String upstream;
    private final RelayLimits limits;
    private final RandomGenerator random;
    private final RelayQueue queue;
    private int relays;
    private int queued;
    private int failuresInRow;
    private Instant pausedUntil = Instant.MIN;

    RelayProvider(String upstream, RelayLimits limits, Weights weights, RandomGenerator random) {
        this.upstream = upstream;
        this.limits = limits;
        this.random = random;
        this.queue = new RelayQueue(limits, weights);
    }

    RelayQueue queue() {
        return queue;
    }

    Duration linger() {
        return limits.linger();
    }

    /** The next load that is due, if it may be given one now. */
    RelayQueue.@Nullable Load next(Instant steady) {
        int room = limits.queuedMax() - queued;
        boolean hasRoom = relays < limits.relaysMax() && room > 0 && !steady.isBefore(pausedUntil);
        return hasRoom ? queue.next(room, steady) : null;
    }

    void begun(RelayUnderWay relay) {
        relays++;
        queued += relay.queued();
    }

    void ended(RelayUnderWay relay) {
        relays--;
        queued -= relay.queued();
    }

    /** It has taken one. */
    void worked() {
        failuresInRow = 0;
    }

    /** A rest that has begun, and how it is to be told. */
    record Rest(Duration length, Effect told) {}

    /**
     * It could not be given one.
     *
     * @return null if it rests already: what set out together fails together, and is one piece of
     *     news
     */
    @Nullable Rest failed(AttemptOutcome why, Instant steady) {
        if (steady.isBefore(pausedUntil)) {
            return null;
        }
        var length = PAUSE.delay(++failuresInRow, random);
        var asked = why instanceof Throttled throttled ? throttled.retryAfter() : null;
        if (asked != null && asked.compareTo(length) > 0) {
            length = asked;
        }
        pausedUntil = steady.plus(length);
        return new Rest(length, told(why, length));
    }

    private Effect told(AttemptOutcome why, Duration length) {
        return switch (why) {
            case Barred(var reason) -> new Effect.UpstreamBarred(upstream, reason, length);
            case Throttled _ -> new Effect.UpstreamPaused(upstream, "throttled", length);
            case Unreachable(var phase, var _) ->
                    new Effect.UpstreamPaused(upstream, phase, length);
            case Answered _, Refused _, Failed _ ->
                    new Effect.UpstreamPaused(upstream, "failing", length);
        };
    }
}
