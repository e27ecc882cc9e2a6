package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.UpstreamState.Condition;
import dev.nightmail.core.schedule.UpstreamState.Places;
import dev.nightmail.core.schedule.UpstreamState.Problem;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Headroom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How fast one upstream is called.
 *
 * <p>Several things hold calls back, each for a reason of its own:
 *
 * <ul>
 *   <li>a <b>limit</b> on calls in flight: the most that is allowed, less what is kept for
 *       interactive calls; in the beginning a few, twice as many every moment until a call is
 *       refused. Where the upstream has no place (529) it is what was in flight, and grows by one
 *       with each limit's worth of answers, twice over;
 *   <li>its own <b>rate limits</b>: as it tells of them ({@link Allowances}), else as they are
 *       found ({@link RateSearch});
 *   <li>a <b>pause</b>, which it asked for or which follows an attempt to reach it in vain;
 *   <li><b>failures</b>: when too many requests fail, a few calls find out when it is healthy again
 *       ({@link Circuit});
 *   <li><b>doubt</b>: once it could not be reached, or would not serve us, one call at a time, ever
 *       further apart, finds out when it is back.
 * </ul>
 *
 * <p>Every {@code now} that is an {@link Instant} is of the steady clock; see {@link Moment}.
 */
final class Pace {

    private static final int RAMP_START = 16;

    /** Before more are tried, this part of those that were tried has to come back. */
    private static final double RAMP_CAME_BACK = 0.25;

    private static final Duration RAMP_STEP = Duration.ofMillis(30);

    /** A refusal is back by then: where answers take longer, more are tried without them. */
    private static final Duration RAMP_STEP_MAX = Duration.ofMillis(150);

    /**
     * As long as nobody knows whether there is a limit, calls that overrun it are refused by the
     * hundred. The first answer seldom takes long to tell, so until it is there, or has not come
     * for so long, calls are few.
     */
    private static final Duration RAMP_HOLD_UNHEARD = Duration.ofSeconds(1);

    /**
     * What an interactive call will take but its place among the requests, nobody has estimated.
     */
    private static final Cost UNESTIMATED = new Cost(0, 0);

    /** Who is left alone for longer is not waited for where there is somebody else. */
    private static final Duration AWAY = Duration.ofMinutes(1);

    /** Calls that have waited so lately for a rate limit show that it is used up. */
    private static final Duration HELD_BACK = Duration.ofSeconds(2);

    /** A rate limit is still used up, in part, by calls so long ago. */
    private static final Duration DRAWN_ON = Duration.ofSeconds(10);

    /** Why it is not certain that a call gets through. */
    private enum Doubt {
        NONE,
        UNREACHABLE,
        UNAUTHORIZED
    }

    private final String upstream;
    private final int limitMax;
    private final Backoff backoff;
    private final RandomGenerator random;
    private final Allowances allowances = new Allowances();
    private final RateSearch search = new RateSearch();
    private final Circuit circuit = new Circuit();
    private final CostEstimate costs = new CostEstimate();
    private final RetryBudget retries = new RetryBudget();
    private final InteractiveReserve reserve = new InteractiveReserve();
    private final CallCounts counts = new CallCounts();
    private final Map<Long, Sent> interactive = new HashMap<>();

    /** More than is allowed while nothing has been refused for want of a place. */
    private double places = Double.POSITIVE_INFINITY;

    private int ramp = 1;
    private boolean heard;
    private @Nullable Instant rampedAt;
    private boolean ramped;
    private int cameBack;
    private int inFlight;
    private Doubt doubt = Doubt.NONE;
    private Instant doubtSince = Instant.EPOCH;

    /** Of the calls in flight those that have set out since it is in doubt. */
    private int probes;

    private int pausesInRow;
    private @Nullable Instant pausedUntil;
    private @Nullable Instant heldBackAt;
    private @Nullable Instant startedAt;
    private @Nullable Problem lastProblem;

    Pace(String upstream, int limitMax, Backoff backoff, RandomGenerator random) {
        this.upstream = upstream;
        this.limitMax = limitMax;
        this.backoff = backoff;
        this.random = random;
        this.ramped = limitMax <= RAMP_START;
    }

    String upstream() {
        return upstream;
    }

    /** Whether a call may be in flight more. */
    boolean hasRoom(Instant now) {
        int limit = limit(now);
        return !isPaused(now) && hasPlace(limit) && circuit.hasRoom(limit);
    }

    private boolean hasPlace(int limit) {
        // Calls from before the doubt may hang for as long as calls may last, and tell nothing.
        return doubt == Doubt.NONE ? inFlight < limit : probes < limit && inFlight < limitMax;
    }

    private int limit(Instant now) {
        if (doubt != Doubt.NONE) {
            return 1;
        }
        int limit = (int) Math.min(Math.min(limitMax, places), ramp(now));
        return Math.max(1, limit - reserve.places(now));
    }

    private int ramp(Instant now) {
        if (!ramped && rampedAt != null && !now.isBefore(rampedAt.plus(rampStep()))) {
            rampedAt = now;
            cameBack = 0;
            ramp = Math.min(limitMax, 2 * ramp);
            ramped = ramp == limitMax;
        }
        return ramped ? limitMax : ramp;
    }

    private Duration rampStep() {
        if (heard && cameBack >= RAMP_CAME_BACK * ramp) {
            return RAMP_STEP;
        }
        return ramp == RAMP_START && !heard ? RAMP_HOLD_UNHEARD : RAMP_STEP_MAX;
    }

    /** Something came back: how it goes on from here is not guesswork any more. */
    private void heard() {
        heard = true;
        ramp = Math.max(ramp, Math.min(limitMax, RAMP_START));
    }

    /** When to look again although nothing has happened; null if there is no such time. */
    @Nullable Duration untilMore(Instant now) {
        if (ramped || rampedAt == null) {
            return null;
        }
        var left = Duration.between(now, rampedAt.plus(rampStep()));
        // Where something else holds calls back, the step may be over.
        return left.isPositive() ? left : RAMP_STEP;
    }

    /** What a call will take, as far as can be told. */
    Cost cost(long inputTokens, long cachedTokens, long outputTokensMax) {
        return costs.of(inputTokens, cachedTokens, outputTokensMax);
    }

    /** How long a call of that cost has to wait for the upstream's rate limits. */
    Duration wait(Cost cost, Instant now) {
        var wait = allowances.areKnown() ? allowances.wait(cost, now) : search.wait(now);
        if (!wait.isZero()) {
            heldBackAt = now;
        }
        return wait;
    }

    /** Whether a call was expected to take more than the upstream allows in a whole period. */
    boolean isTooLarge(Sent sent) {
        return allowances.isTooLarge(sent.cost());
    }

    /**
     * A call has set out.
     *
     * @return what the methods that tell of its outcome want to know
     */
    Sent started(Cost cost, Instant now) {
        inFlight++;
        startedAt = now;
        if (doubt != Doubt.NONE) {
            probes++;
        }
        if (rampedAt == null) {
            rampedAt = now;
        }
        search.sent(now);
        circuit.sent();
        return new Sent(cost, now, allowances.take(cost, now), false);
    }

    /**
     * A call as it set out.
     *
     * @param mark what had flown through the upstream's limits until then
     * @param interactive whether it did not wait for its turn
     */
    record Sent(Cost cost, Instant at, Allowances.Mark mark, boolean interactive) {}

    /** The call is over, however it went; one of the methods below says how. */
    void finished(Sent sent) {
        inFlight--;
        cameBack++;
        allowances.finished(sent.cost());
        if (!sent.at().isBefore(doubtSince)) {
            probes = Math.max(0, probes - 1);
        }
        circuit.ended(sent.at());
    }

    void interactiveStarted(long call, Instant now) {
        reserve.started(now);
        search.sentAhead(now);
        var mark = allowances.take(UNESTIMATED, now);
        interactive.put(call, new Sent(UNESTIMATED, now, mark, true));
    }

    /**
     * As {@link #finished}.
     *
     * @return the call as it set out
     */
    Sent interactiveFinished(long call, Instant now) {
        reserve.finished(now);
        var sent = interactive.remove(call);
        if (sent == null) {
            throw new IllegalStateException("a call is over that has not begun");
        }
        return sent;
    }

    void told(Headroom headroom, Sent sent, Moment now) {
        allowances.learn(headroom, sent.cost(), sent.mark(), sent.at(), now);
    }

    /**
     * The call was refused, and does not count towards the upstream's limits.
     *
     * @param noPlace as for {@link #throttled}
     */
    void toldRefusing(Headroom headroom, boolean noPlace, Sent sent, Moment now) {
        if (noPlace) {
            allowances.turnedAway(headroom, sent.cost(), sent.mark(), sent.at(), now);
        } else {
            allowances.refused(headroom, sent.cost(), sent.mark(), sent.at(), now);
        }
    }

    /** What a call has used, of which we had estimated so much. */
    void used(AttemptOutcome.Answered answer, long inputTokens, long outputTokensMax, Sent sent) {
        var usage = answer.usage();
        costs.learn(inputTokens, outputTokensMax, usage);
        allowances.correct(
                sent.cost(), new Cost(usage.promptTokens() - usage.cacheRead(), usage.output()));
    }

    /**
     * The upstream answered the request, be it with a refusal: it is there and has room.
     *
     * @param who asked
     */
    void answered(Object who, Sent sent, Instant now) {
        if (doubt != Doubt.NONE && !sent.at().isBefore(doubtSince)) {
            // Somebody got through in spite of it: it is back, and there is nothing to wait for.
            pausedUntil = null;
        }
        doubt = Doubt.NONE;
        pausesInRow = 0;
        heard();
        allowances.accepted(sent.at());
        counts.answered(now);
        if (places < limitMax) {
            places = Math.min(limitMax, places + 0.5 / places);
        }
        circuit.answered(who, (int) Math.min(limitMax, places), sent.at(), now);
        retries.answered(circuit.isSound());
    }

    /**
     * It failed on a request, which may be the request's own fault. When too many fail it is the
     * upstream that is unhealthy.
     *
     * @param who asked
     */
    @Nullable Pause failed(Object who, boolean mayHaveCost, Sent sent, Instant now) {
        doubt = Doubt.NONE;
        heard();
        counts.failed();
        if (!circuit.failed(who, mayHaveCost, sent.at(), now) || isPaused(now)) {
            return null;
        }
        return pause(circuit.pause(nextPause()), now);
    }

    /** A request met with trouble that is its own; but it was heard. */
    void troubledBySelf() {
        counts.failed();
        if (doubt == Doubt.UNREACHABLE) {
            doubt = Doubt.NONE;
        }
    }

    /** Whether only single calls are made, to find out whether it is back or healthy again. */
    boolean isProbed() {
        return doubt != Doubt.NONE || circuit.isProbed();
    }

    /** Zero if a request that has failed may be sent again now, else how long until then. */
    Duration spendRetry(Instant now) {
        return retries.spend(now);
    }

    /** A pause that has begun or become longer. */
    record Pause(Duration length, boolean begins) {}

    /**
     * @param noPlace whether it works on as much as it can (529); else it has taken as many calls
     *     as it lets us make in a while (429)
     */
    @Nullable Pause throttled(
            @Nullable Duration retryAfter, boolean noPlace, Sent sent, Instant now) {
        doubt = Doubt.NONE;
        ramped = true;
        heldBackAt = now;
        counts.throttled();
        if (noPlace) {
            places = Math.max(1, placesLeft(sent));
        } else if (!allowances.areKnown()) {
            search.refused(sent.at(), now);
        }
        if (!noPlace && isExplained(retryAfter, sent, now)) {
            // When there is room again is known better than in the whole seconds it is told in.
            return null;
        }
        // "At once" is no answer to the question how long: taken at its word, it would be asked
        // again as fast as the network goes.
        if (retryAfter != null && !retryAfter.isZero()) {
            return pause(retryAfter, now);
        }
        // If the pace has slowed down, calls under way will tell when there is room. If not, those
        // that were refused together are one piece of news.
        if (inFlight > 0 && (noPlace || isHeldBack(sent, now) || isPaused(now))) {
            return null;
        }
        return pause(nextPause(), now);
    }

    private boolean isExplained(@Nullable Duration retryAfter, Sent sent, Instant now) {
        var asked = retryAfter == null ? Duration.ZERO : retryAfter;
        if (allowances.areKnown()) {
            return allowances.explain(asked, sent.cost(), now);
        }
        // It was our own attempt to find the limit, and those under way tell whether that is it.
        return inFlight > 0
                && search.isLimited()
                && allowances.fewRefusedInRow()
                && search.rate(now) > 1
                && asked.compareTo(Allowances.WHOLE_SECOND) <= 0;
    }

    /** Whether what it tells of its limits, or what was found, explains that it has refused. */
    private boolean isHeldBack(Sent sent, Instant now) {
        return allowances.areKnown()
                ? !allowances.wait(sent.cost(), now).isZero()
                : search.isLimited();
    }

    private double placesLeft(Sent sent) {
        double until = Math.min(limitMax, places);
        // An interactive call finds batches in the places that are its own.
        return sent.interactive()
                ? Math.min(until, inFlight + interactive.size())
                // It was one too many; and those behind it, which come back one by one, were too.
                : Math.max(until - 1, inFlight);
    }

    private Duration nextPause() {
        return backoff.delay(++pausesInRow, random);
    }

    /** Nothing got through to it. */
    @Nullable Pause unreachable(Instant now) {
        return doubted(Doubt.UNREACHABLE, now);
    }

    /** It would not serve us, whatever we asked. */
    @Nullable Pause unauthorized(Instant now) {
        return doubted(Doubt.UNAUTHORIZED, now);
    }

    private @Nullable Pause doubted(Doubt why, Instant now) {
        if (doubt == Doubt.NONE) {
            doubtSince = now;
            probes = 0;
        }
        doubt = why;
        counts.failed();
        if (isPaused(now)) {
            // Calls that set out together fail together: they are one piece of news.
            return null;
        }
        return pause(nextPause(), now);
    }

    private @Nullable Pause pause(Duration wish, Instant now) {
        var until = now.plus(wish);
        boolean begins = !isPaused(now);
        if (!begins && pausedUntil != null && !until.isAfter(pausedUntil)) {
            return null;
        }
        pausedUntil = until;
        search.grant(until);
        return new Pause(wish, begins);
    }

    /**
     * Whether calls of batches have a part in it that there is no room: they hold places, or have
     * just drawn on a rate limit.
     *
     * @param noPlace which of the two is missing
     */
    boolean isUsedByBatches(boolean noPlace, Instant now) {
        boolean lately = startedAt != null && now.isBefore(startedAt.plus(DRAWN_ON));
        return inFlight > 0 || (!noPlace && lately);
    }

    void hadProblem(Problem problem) {
        lastProblem = problem;
    }

    /** Whether it could not be reached, or would not serve us, and nothing has come since. */
    boolean isInDoubt() {
        return doubt != Doubt.NONE;
    }

    /** Whether it is not to be had for a while. */
    boolean isAway(Instant now) {
        return !isHealthy() || (pausedUntil != null && now.plus(AWAY).isBefore(pausedUntil));
    }

    boolean isUnhealthy() {
        return !circuit.isHealthy();
    }

    /** Whether calls get through to it and most are answered, at whatever pace. */
    boolean isHealthy() {
        return circuit.isHealthy() && doubt == Doubt.NONE;
    }

    /**
     * @param batchesWaiting for their turn there
     */
    UpstreamState state(int batchesWaiting, Moment now) {
        var steady = now.steady();
        var until = pausedUntil;
        return new UpstreamState(
                upstream,
                condition(steady),
                until == null || !isPaused(steady)
                        ? null
                        : now.wall().plus(Duration.between(steady, until)),
                new Places(inFlight, circuit.limit(limit(steady)), limitMax, interactive.size()),
                allowances.quotas(steady),
                search.isLimited() && !allowances.areKnown() ? (Double) search.rate(steady) : null,
                batchesWaiting,
                counts.now(steady),
                null,
                lastProblem);
    }

    private Condition condition(Instant now) {
        return switch (doubt) {
            case UNAUTHORIZED -> Condition.UNAUTHORIZED;
            case UNREACHABLE -> Condition.UNREACHABLE;
            case NONE -> {
                if (!circuit.isHealthy()) {
                    yield Condition.UNHEALTHY;
                }
                if (isPaused(now)) {
                    yield Condition.PAUSED;
                }
                yield isSlowed(now) ? Condition.SLOWED : Condition.HEALTHY;
            }
        };
    }

    private boolean isSlowed(Instant now) {
        boolean heldBack = heldBackAt != null && now.isBefore(heldBackAt.plus(HELD_BACK));
        return heldBack || (places < limitMax && inFlight >= limit(now));
    }

    boolean isPaused(Instant now) {
        return pausedUntil != null && now.isBefore(pausedUntil);
    }
}
