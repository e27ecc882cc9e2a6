package dev.nightmail.core.schedule;

import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.schedule.UpstreamState.Condition;
import dev.nightmail.core.schedule.UpstreamState.Problem;
import dev.nightmail.core.schedule.UpstreamState.Relays;
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

    /**
     * After batches that brought no result at all. The next one would most likely bring none
     * either, and each costs the upload of all its requests.
     */
    private static final Backoff FRUITLESS =
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10));

    private final String upstream;
    private final RelayLimits limits;
    private final RandomGenerator random;
    private final RelayQueue queue;
    private int relays;
    private int queued;
    private int failuresInRow;
    private int fruitlessInRow;
    private boolean held;
    private Instant pausedUntil = Instant.MIN;
    private Condition lastCondition = Condition.HEALTHY;
    private @Nullable Problem lastProblem;

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
        boolean hasRoom = relays < limits.relaysMax() && room > 0;
        boolean mayBeGiven = !held && !steady.isBefore(pausedUntil);
        return hasRoom && mayBeGiven ? queue.next(room, steady) : null;
    }

    void begun(RelayUnderWay relay) {
        relays++;
        queued += relay.queued();
    }

    void ended(RelayUnderWay relay) {
        relays--;
        queued -= relay.queued();
    }

    /** It has taken one. What that will bring is not known yet. */
    void worked() {
        failuresInRow = 0;
        if (fruitlessInRow == 0) {
            lastCondition = Condition.HEALTHY;
        }
    }

    /** One of its batches brought results. */
    void broughtResults() {
        fruitlessInRow = 0;
        if (failuresInRow == 0) {
            lastCondition = Condition.HEALTHY;
        }
    }

    /** Whether nothing is given to it until a person resumes it. */
    boolean isHeld() {
        return held;
    }

    /** Somebody canceled our batches there. @return whether that is news */
    boolean hold(Instant wall) {
        boolean news = !held;
        held = true;
        lastProblem =
                new Problem(
                        "batches of ours were canceled there: nothing is sent until ./nightmail upstreams resume "
                                + upstream,
                        wall);
        return news;
    }

    /** A person wants it to be given batches again, whatever kept us from it. */
    void resume() {
        held = false;
        pausedUntil = Instant.MIN;
        failuresInRow = 0;
        fruitlessInRow = 0;
        lastCondition = Condition.HEALTHY;
    }

    /** It is not known whether it took one. */
    void inDoubt(String reason, Instant wall) {
        lastProblem = new Problem(reason, wall);
    }

    /** A rest that has begun, and how it is to be told. */
    record Rest(Duration length, Effect told) {}

    /**
     * It could not be given one.
     *
     * @return null if it rests already: what set out together fails together, and is one piece of
     *     news
     */
    @Nullable Rest failed(AttemptOutcome why, Moment now) {
        var steady = now.steady();
        if (steady.isBefore(pausedUntil)) {
            return null;
        }
        var length = PAUSE.delay(++failuresInRow, random);
        var asked = why instanceof Throttled throttled ? throttled.retryAfter() : null;
        if (asked != null && asked.compareTo(length) > 0) {
            length = asked;
        }
        pausedUntil = steady.plus(length);
        learn(why, now.wall());
        return new Rest(length, told(why, length));
    }

    /**
     * A batch of it brought no result at all, and its requests go again.
     *
     * @return null if it is paused already: batches that were out together fail together
     */
    @Nullable Rest fruitless(RelayUnderWay.Trouble why, Moment now) {
        var steady = now.steady();
        if (steady.isBefore(pausedUntil)) {
            return null;
        }
        var length = FRUITLESS.delay(++fruitlessInRow, random);
        pausedUntil = steady.plus(length);
        lastCondition = why.unauthorized() ? Condition.UNAUTHORIZED : Condition.UNHEALTHY;
        lastProblem =
                new Problem(
                        fruitlessInRow == 1
                                ? "its last batch brought no result: " + why.reason()
                                : "its last %d batches brought no result: %s"
                                        .formatted(fruitlessInRow, why.reason()),
                        now.wall());
        return new Rest(
                length,
                why.unauthorized()
                        ? new Effect.UpstreamUnauthorized(upstream, why.reason(), length)
                        : new Effect.UpstreamPaused(
                                upstream, "no results: " + why.reason(), length));
    }

    private void learn(AttemptOutcome why, Instant wall) {
        lastCondition =
                switch (why) {
                    case Barred _ -> Condition.UNAUTHORIZED;
                    case Unreachable _ -> Condition.UNREACHABLE;
                    case Throttled _ -> Condition.PAUSED;
                    case Answered _, Refused _, Failed _ -> Condition.UNHEALTHY;
                };
        var reason =
                switch (why) {
                    case Barred(var text, var _) -> text;
                    case Unreachable(var phase, var _) -> phase;
                    case Failed(var phase, var _, var _, var _) -> phase;
                    case Throttled throttled -> throttled.noPlace() ? "no place" : "rate limit";
                    case Answered _, Refused _ -> "no batch was made";
                };
        lastProblem = new Problem(reason, wall);
    }

    private Effect told(AttemptOutcome why, Duration length) {
        return switch (why) {
            case Barred(var reason, var _) ->
                    new Effect.UpstreamUnauthorized(upstream, reason, length);
            case Throttled _ -> new Effect.UpstreamPaused(upstream, "throttled", length);
            case Unreachable(var phase, var _) ->
                    new Effect.UpstreamPaused(upstream, phase, length);
            case Answered _, Refused _, Failed _ ->
                    new Effect.UpstreamPaused(upstream, "failing", length);
        };
    }

    /**
     * How the upstream stands.
     *
     * @param calls what is known of it from calls, which interactive ones alone make
     */
    UpstreamState completed(UpstreamState calls, Moment now) {
        boolean paused = now.steady().isBefore(pausedUntil);
        int waiting = queue.requests();
        var condition = held ? heldCondition() : condition(paused || waiting > 0);
        return new UpstreamState(
                calls.name(),
                condition.compareTo(calls.condition()) > 0 ? condition : calls.condition(),
                paused
                        ? now.wall().plus(Duration.between(now.steady(), pausedUntil))
                        : calls.pausedUntil(),
                calls.places(),
                calls.quotas(),
                calls.callsPerSecondFound(),
                queue.batches(),
                calls.calls(),
                new Relays(relays, limits.relaysMax(), queued, limits.queuedMax(), waiting, held),
                later(lastProblem, calls.lastProblem()));
    }

    private Condition heldCondition() {
        return lastCondition.compareTo(Condition.PAUSED) > 0 ? lastCondition : Condition.PAUSED;
    }

    /**
     * @param matters whether it rests, or requests wait for it
     */
    private Condition condition(boolean matters) {
        if (!matters) {
            return Condition.HEALTHY;
        }
        // Whether it takes batches again is found out with the next one.
        boolean isFull = relays >= limits.relaysMax() || queued >= limits.queuedMax();
        return lastCondition == Condition.HEALTHY && isFull ? Condition.SLOWED : lastCondition;
    }

    private static @Nullable Problem later(@Nullable Problem one, @Nullable Problem other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.at().isAfter(other.at()) ? one : other;
    }
}
