package dev.nightmail.core.schedule;

import dev.nightmail.core.lease.ChunkId;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestFacts;
import dev.nightmail.core.result.Result;
import dev.nightmail.core.schedule.Effect.AbortAttempts;
import dev.nightmail.core.schedule.Effect.AnswerDiscarded;
import dev.nightmail.core.schedule.Effect.StartAttempt;
import dev.nightmail.core.schedule.Effect.UpstreamHealthy;
import dev.nightmail.core.schedule.Effect.UpstreamPaused;
import dev.nightmail.core.schedule.Effect.UpstreamUnauthorized;
import dev.nightmail.core.schedule.Effect.UpstreamUnhealthy;
import dev.nightmail.core.schedule.Flights.Flight;
import dev.nightmail.core.schedule.Pace.Sent;
import dev.nightmail.core.schedule.Suspects.Trouble;
import dev.nightmail.core.schedule.Turns.HeldBack;
import dev.nightmail.core.schedule.Turns.Turn;
import dev.nightmail.core.schedule.UpstreamState.Problem;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Headroom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request to its upstream and back: who is next, how fast, under which lease, and
 * whether an outcome decides the request or puts it back.
 */
final class Sending {

    /**
     * Of {@code max_tokens} seldom more than this part is used up; so much of it counts when turns
     * are shared out.
     */
    private static final int OUTPUT_SHARE = 4;

    /**
     * No model writes more (wire contract, section 1.5). Who asks for more is refused, and should
     * not pay for it with the turns of thousands of other requests.
     */
    private static final int OUTPUT_TOKENS_MAX = 300_000;

    /**
     * One request that cannot be read may be damaged, and the others go on. So many in a row mean
     * that none can be, and the batch rests.
     */
    private static final int UNREADABLE_MAX = 3;

    private static final int RETRY_SPREAD_MILLIS = 5_000;

    /** So many times the attempts a request has at most that cost nothing. */
    private static final int BY_CHANCE_PART = 3;

    /** So many doublings longer waits a request that fails while no other is answered. */
    private static final int ALONE_FAILURES = 3;

    private final SchedulePolicy policy;
    private final Backoff storageRetry;
    private final RandomGenerator random;
    private final Timers timers;
    private final Storing storing;
    private final Consumer<Effect> effects;
    private final Map<String, Turns> turns = new LinkedHashMap<>();

    /** The same, for going round: all draw on one budget, and none is to be served first. */
    private final List<Turns> round;

    private int place;
    private final Flights flights;
    private final InteractiveRetries interactiveRetries;

    /**
     * So many calls more may be at stake: storage that has failed once has to show that it works,
     * with one at first, and with twice as many each time it does. Otherwise every batch there is
     * would find out for itself, at the price of all it may have in flight.
     */
    private int trust = Integer.MAX_VALUE;

    private boolean sweepSet;
    private boolean stopped;

    Sending(
            SchedulePolicy policy,
            Map<String, UpstreamTerms> upstreams,
            Backoff storageRetry,
            RandomGenerator random,
            Timers timers,
            Storing storing,
            Consumer<Effect> effects) {
        this.policy = policy;
        this.storageRetry = storageRetry;
        this.random = random;
        this.timers = timers;
        this.storing = storing;
        this.effects = effects;
        this.flights = new Flights(policy.worker(), policy.leaseTtl());
        this.interactiveRetries = new InteractiveRetries(timers, effects);
        upstreams.forEach((name, terms) ->
                turns.put(
                        name,
                        new Turns(
                                new Pace(name, terms.callsInFlightMax(), policy.pause(), random),
                                terms,
                                policy.weights())));
        this.round = List.copyOf(turns.values());
    }

    List<UpstreamState> upstreams(Moment now) {
        return round.stream().map(upstream -> upstream.state(now)).toList();
    }

    private Pace pace(String upstream) {
        return turnsAt(upstream).pace();
    }

    UpstreamTerms terms(String upstream) {
        return turnsAt(upstream).terms();
    }

    private Turns turnsAt(String upstream) {
        var found = turns.get(upstream);
        if (found == null) {
            throw new IllegalStateException("no upstream is called " + upstream);
        }
        return found;
    }

    int callsInFlight() {
        return flights.size();
    }

    // Who takes part

    /** Nothing is sent any more. */
    void stop() {
        stopped = true;
    }

    /** From here on the batch gets its turns, if its requests may be sent now. */
    void enter(RunningBatch running) {
        if (running.maySend()) {
            running.lanes().forEach(this::enter);
        }
    }

    private void enter(Lane lane) {
        lane.route().upstreams().forEach(upstream -> turnsAt(upstream).enter(lane));
    }

    /** The request is sent only while no other such is under way at its upstream. */
    void setApart(Lane lane, int number) {
        turnsAt(lane.route().upstreams().getFirst()).setApart(lane, number);
    }

    void leave(RunningBatch running) {
        for (var lane : running.lanes()) {
            lane.route().upstreams().forEach(upstream -> turnsAt(upstream).leave(lane));
        }
    }

    /** It is over, and nothing is remembered of it. */
    void over(RunningBatch running) {
        round.forEach(upstream -> upstream.suspects().forget(running));
    }

    void callOff(RunningBatch running) {
        abort(flights.attemptsOf(running));
    }

    void callOffAll() {
        abort(flights.attempts());
    }

    private void abort(List<Long> attempts) {
        if (!attempts.isEmpty()) {
            effects.accept(new AbortAttempts(attempts));
        }
    }

    void release(List<ChunkId> done) {
        flights.release(done);
    }

    // Out

    void dispatch(Moment now) {
        if (stopped) {
            return;
        }
        for (var upstream : round) {
            var apart = upstream.nextApart();
            if (apart != null) {
                sendAgain(apart.lane(), apart.number());
            }
        }
        int passedOver = 0;
        while (passedOver < round.size() && mayStakeMore()) {
            var upstream = round.get(place);
            place = (place + 1) % round.size();
            if (startNext(upstream, now)) {
                passedOver = 0;
            } else {
                passedOver++;
            }
        }
    }

    /**
     * @return whether a call has set out
     */
    private boolean startNext(Turns upstream, Moment now) {
        var pace = upstream.pace();
        if (interactiveRetries.goFirst(pace.upstream())) {
            return false;
        }
        if (!pace.hasRoom(now.steady())) {
            upstream.wakeAfter(pace.untilMore(now.steady()), timers, now);
            return false;
        }
        var turn = nextTurn(upstream, now);
        if (turn == null) {
            return false;
        }
        var cost = cost(pace, turn);
        var wait = pace.wait(cost, now.steady());
        if (!wait.isZero()) {
            upstream.wakeAfter(wait, timers, now);
            return false;
        }
        start(upstream, turn, cost, now);
        return true;
    }

    /** Whose turn it is; those that are held back are only asked again if there is nobody else. */
    private @Nullable Turn nextTurn(Turns upstream, Moment now) {
        var turn = upstream.next(now);
        while (turn == null) {
            var held = upstream.release();
            if (held == null) {
                return null;
            }
            sendAgain(held.lane(), held.number());
            turn = upstream.next(now);
        }
        return turn;
    }

    private static Cost cost(Pace pace, Turn turn) {
        var requests = turn.lane().batch().requests();
        int number = turn.pick().number();
        var group = turn.pick().group();
        return pace.cost(
                requests.inputTokensEstimate(number),
                group == null || turn.pick().leads() ? 0 : group.tokens(),
                outputTokensMax(requests, number));
    }

    private static int outputTokensMax(RequestFacts requests, int number) {
        return Math.min(requests.outputTokensMax(number), OUTPUT_TOKENS_MAX);
    }

    private boolean mayStakeMore() {
        return storing.atStake() + flights.size() < policy.unsavedMax()
                && storing.atStake() + flights.recent() < trust;
    }

    /** The log of a batch has failed that had worked. */
    void storageFailed() {
        trust = 1;
        flights.countAnew();
    }

    /** The log of a batch has taken something. */
    void storageWorked() {
        trust = trust > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : 2 * trust;
    }

    private void start(Turns upstream, Turn turn, Cost cost, Moment now) {
        var running = turn.lane().batch();
        int number = turn.pick().number();
        upstream.take(turn, tokens(running.requests(), number), now.steady());
        running.sent(number);
        var sent = upstream.pace().started(cost, now.steady());
        var flight = flights.begin(upstream, turn, sent);
        var group = turn.pick().group();
        if (group != null && turn.pick().leads()) {
            timers.after(
                    Warmth.WARMING_MAX, now, new Timer.Due.Lagging(upstream, turn.lane(), group));
        }
        sweepAfter(policy.leaseTtl(), now);
        effects.accept(
                new StartAttempt(
                        flight.attempt(),
                        running.id(),
                        number,
                        running.attempts(number) + 1,
                        upstream.pace().upstream(),
                        turn.lane().route().as(),
                        upstream.terms().marksShared()
                                && turn.pick().group() != null
                                && running.requests().prefixes().isOneUnmarked(),
                        timeout(running, now)));
    }

    /** A call that warms a cache has not come back: another may go ahead too. */
    void lags(Turns upstream, Lane lane, PrefixGroup group) {
        lane.order().lags(group, upstream.warmth());
        upstream.lookAgain(lane, group.chain());
    }

    /** So much a request counts when turns are shared out. */
    static long tokens(RequestFacts requests, int number) {
        return 1L
                + requests.inputTokensEstimate(number)
                + outputTokensMax(requests, number) / OUTPUT_SHARE;
    }

    private Duration timeout(RunningBatch running, Moment now) {
        var left = Duration.between(now.wall(), running.batch().header().expiresAt());
        return left.compareTo(policy.callTimeout()) < 0 ? left : policy.callTimeout();
    }

    // And back

    /**
     * @return the batch concerned, null if the attempt was taken for lost before
     */
    @Nullable RunningBatch finished(
            long attempt, CustomId customId, AttemptOutcome outcome, Moment now) {
        var flight = land(attempt, outcome instanceof Answered);
        if (flight == null) {
            return null;
        }
        var trouble = trouble(flight, outcome, now);
        learn(flight, outcome, trouble, now);
        var running = flight.batch();
        running.readable();
        if (!flights.holds(flight)) {
            if (outcome instanceof Answered) {
                effects.accept(new AnswerDiscarded(running.id(), customId));
            }
            return running;
        }
        flights.heardOf(flight, now.steady());
        switch (outcome) {
            case Answered(var message, var usage, var billing, var _) ->
                    decide(flight, customId, new Result.Succeeded(message, usage, billing), now);
            case Refused(var error, var _, var charge) ->
                    decide(flight, customId, new Result.Errored(error, charge), now);
            case Throttled(var retryAfter, var error, var _, var noPlace) -> {
                if (!noPlace && flight.upstream().pace().isTooLarge(flight.sent())) {
                    // It had waited until all of the limit was there. If that is not enough it
                    // would be refused for ever, and the others would wait behind it.
                    failed(
                            flight,
                            customId,
                            null,
                            true,
                            false,
                            retryAfter,
                            new Result.Errored(error),
                            now);
                } else {
                    putBack(flight, customId, now);
                }
            }
            case Unreachable _ -> putBack(flight, customId, now);
            case Barred(var _, var error) ->
                    barred(
                            flight,
                            customId,
                            Objects.requireNonNull(trouble),
                            new Result.Errored(error),
                            now);
            case Failed(var _, var retryAfter, var error, boolean mayHaveCost) -> {
                boolean counts =
                        mayHaveCost || isHeldAgainst(flight, Objects.requireNonNull(trouble), now);
                failed(
                        flight,
                        customId,
                        trouble,
                        counts,
                        mayHaveCost,
                        retryAfter,
                        new Result.Errored(error),
                        now);
            }
        }
        return running;
    }

    /** What is known of the request and of the upstream now that this has come of a call. */
    private static @Nullable Trouble trouble(Flight flight, AttemptOutcome outcome, Moment now) {
        var suspects = flight.upstream().suspects();
        var sentAt = flight.sent().at();
        return switch (outcome) {
            case Answered _, Refused _ -> {
                suspects.answered(flight.lane(), flight.request(), sentAt);
                yield null;
            }
            case Failed _ -> suspects.failed(flight.lane(), flight.request(), sentAt, now.steady());
            case Barred _ -> suspects.barred(flight.lane(), flight.request(), sentAt, now.steady());
            case Throttled _, Unreachable _ -> null;
        };
    }

    /** Whether a failure that cost nothing counts as an attempt of its request. */
    private static boolean isHeldAgainst(Flight flight, Trouble trouble, Moment now) {
        var upstream = flight.upstream();
        return upstream.pace().isHealthy()
                || trouble.isOwn()
                || upstream.suspects()
                        .isOverdue(
                                trouble, flight.batch().attempts(flight.request()), now.steady());
    }

    private @Nullable Flight land(long attempt, boolean answered) {
        var flight = flights.end(attempt);
        if (flight != null) {
            landed(flight, answered);
            interactiveRetries.placeIsFree(flight.upstream().pace().upstream());
            if (flight.batch().isApart(flight.request())) {
                turnsAt(flight.lane().route().upstreams().getFirst())
                        .survived(flight.lane(), flight.request());
            }
        }
        return flight;
    }

    private static void landed(Flight flight, boolean answered) {
        var upstream = flight.upstream();
        upstream.pace().finished(flight.sent());
        var group = flight.pick().group();
        if (group == null) {
            return;
        }
        if (answered) {
            group.warmed(upstream.warmth(), flight.sent().at());
        }
        if (flight.pick().leads()) {
            if (!answered) {
                upstream.warmth().notWarmed(group.chain());
            }
            flight.lane().order().led(group, upstream.warmth(), answered);
            upstream.lookAgain(flight.lane(), group.chain());
        }
    }

    /** What the outcome says about the upstream, whatever it means for the request. */
    private void learn(
            Flight flight, AttemptOutcome outcome, @Nullable Trouble trouble, Moment now) {
        var pace = flight.upstream().pace();
        var sent = flight.sent();
        switch (outcome) {
            case Answered answer -> {
                var requests = flight.batch().requests();
                int number = flight.request();
                pace.told(answer.headroom(), sent, now);
                pace.used(
                        answer,
                        requests.inputTokensEstimate(number),
                        outputTokensMax(requests, number),
                        sent);
            }
            case Refused(var _, var headroom, var _) -> pace.told(headroom, sent, now);
            case Failed _, Throttled _, Unreachable _, Barred _ -> {}
        }
        if (trouble != null && !trouble.isNews()) {
            boolean wasHealthy = pace.isHealthy();
            pace.troubledBySelf();
            announceHealthy(pace, wasHealthy);
            return;
        }
        boolean mayHaveCost = outcome instanceof Failed failed && failed.mayHaveCost();
        var who = new Suspects.Who(flight.batch(), flight.request());
        heard(flight.upstream(), who, mayHaveCost, sent, ForwardOutcome.like(outcome), now);
    }

    void interactiveStarted(String upstream, long call, Moment now) {
        interactiveRetries.forget(call);
        pace(upstream).interactiveStarted(call, now.steady());
    }

    void interactiveFinished(String upstream, long call, ForwardOutcome.News news, Moment now) {
        var turnsThere = turnsAt(upstream);
        var sent = turnsThere.pace().interactiveFinished(call, now.steady());
        if (news instanceof ForwardOutcome.Answered) {
            turnsThere.suspects().answered(sent.at());
        }
        heard(turnsThere, call, false, sent, news, now);
    }

    void interactiveRefused(Event.InteractiveRefused call, Moment now) {
        interactiveRetries.refused(
                call,
                refusal ->
                        pace(refusal.upstream()).isUsedByBatches(refusal.noPlace(), now.steady()),
                now);
    }

    void interactiveGone(long call) {
        interactiveRetries.forget(call);
    }

    void retryInteractive(Timer.Due.InteractiveRetry due) {
        interactiveRetries.due(due);
    }

    void interactiveOverdue(long call) {
        interactiveRetries.overdue(call);
    }

    /** What every call tells of its upstream, whoever made it. */
    private void heard(
            Turns upstream,
            Object who,
            boolean mayHaveCost,
            Sent sent,
            ForwardOutcome.News news,
            Moment now) {
        var pace = upstream.pace();
        boolean wasHealthy = pace.isHealthy();
        boolean wasAway = pace.isAway(now.steady());
        boolean wasPaused = pace.isPaused(now.steady());
        switch (news) {
            case ForwardOutcome.Answered _ -> pace.answered(who, sent, now.steady());
            case ForwardOutcome.Failed(var phase) ->
                    hasFailed(pace, who, mayHaveCost, sent, phase, now);
            case ForwardOutcome.Throttled(var retryAfter, var headroom, var noPlace) ->
                    hasRefused(pace, sent, retryAfter, headroom, noPlace, now);
            case ForwardOutcome.Unreachable(var phase) -> wasNotReached(pace, phase, now);
            case ForwardOutcome.Barred(var reason) -> hasBarred(pace, reason, now);
            case ForwardOutcome.NoNews _ -> {}
        }
        announceHealthy(pace, wasHealthy);
        // Again with each pause: what has found out that it is still away may have been at home.
        boolean isNewlyPaused = !wasPaused && pace.isPaused(now.steady());
        if (pace.isAway(now.steady()) && (!wasAway || isNewlyPaused)) {
            upstream.isAway();
            turns.values().forEach(Turns::lookAgain);
        }
    }

    private void announceHealthy(Pace pace, boolean wasHealthy) {
        if (!wasHealthy && pace.isHealthy()) {
            effects.accept(new UpstreamHealthy(pace.upstream()));
            releaseAll();
        }
    }

    /** Those that wait for an upstream that is healthy now, or for a copy of it, go again. */
    private void releaseAll() {
        for (var upstream : round) {
            var kept = new ArrayList<HeldBack>();
            for (var held = upstream.release(); held != null; held = upstream.release()) {
                if (isHeldBack(held.lane())) {
                    kept.add(held);
                } else {
                    sendAgain(held.lane(), held.number());
                }
            }
            kept.forEach(held -> upstream.holdBack(held.lane(), held.number()));
        }
    }

    /** Whether all upstreams of the lane are in trouble. */
    private boolean isHeldBack(Lane lane) {
        return lane.route().upstreams().stream().noneMatch(name -> pace(name).isHealthy());
    }

    private void hasFailed(
            Pace pace, Object who, boolean mayHaveCost, Sent sent, String phase, Moment now) {
        boolean wasUnhealthy = pace.isUnhealthy();
        pace.hadProblem(new Problem(phase, now.wall()));
        paused(
                pace.failed(who, mayHaveCost, sent, now.steady()),
                length -> new UpstreamPaused(pace.upstream(), "failing", length),
                now);
        if (!wasUnhealthy && pace.isUnhealthy()) {
            effects.accept(new UpstreamUnhealthy(pace.upstream(), phase));
        }
    }

    private void hasRefused(
            Pace pace,
            Sent sent,
            @Nullable Duration retryAfter,
            Headroom headroom,
            boolean noPlace,
            Moment now) {
        pace.hadProblem(new Problem(noPlace ? "no place" : "rate limit", now.wall()));
        pace.toldRefusing(headroom, noPlace, sent, now);
        paused(
                pace.throttled(retryAfter, noPlace, sent, now.steady()),
                length -> new UpstreamPaused(pace.upstream(), "throttled", length),
                now);
    }

    private void wasNotReached(Pace pace, String phase, Moment now) {
        pace.hadProblem(new Problem(phase, now.wall()));
        paused(
                pace.unreachable(now.steady()),
                length -> new UpstreamPaused(pace.upstream(), phase, length),
                now);
    }

    private void hasBarred(Pace pace, String reason, Moment now) {
        pace.hadProblem(new Problem(reason, now.wall()));
        // A pause like any other, but for this one a person has to be called.
        paused(
                pace.unauthorized(now.steady()),
                length -> new UpstreamUnauthorized(pace.upstream(), reason, length),
                now);
    }

    private void paused(
            Pace.@Nullable Pause pause, Function<Duration, Effect> announcement, Moment now) {
        if (pause == null) {
            return;
        }
        timers.after(pause.length(), now, new Timer.Due.PauseOver());
        if (pause.begins()) {
            effects.accept(announcement.apply(pause.length()));
        }
    }

    private void failed(
            Flight flight,
            CustomId customId,
            @Nullable Trouble trouble,
            boolean counts,
            boolean mayHaveCost,
            @Nullable Duration retryAfter,
            Result.Errored error,
            Moment now) {
        var running = flight.batch();
        if (counts) {
            running.countAttempt(flight.request());
            if (trouble != null) {
                flight.upstream().suspects().heldAgainst(trouble, flight.lane(), now.steady());
            }
        }
        int attempts = running.attempts(flight.request());
        if (counts
                && attempts >= policy.attemptsMax()
                && !isByChance(flight, trouble, mayHaveCost)) {
            decide(flight, customId, error, now);
        } else if (running.isCanceling()) {
            putBack(flight, customId, now);
        } else {
            running.takenBack(flight.request());
            var delay = retryDelay(trouble, attempts);
            retryAfter(
                    retryAfter != null && retryAfter.compareTo(delay) > 0 ? retryAfter : delay,
                    flight,
                    now);
        }
    }

    /** Whether so many calls fail by chance that this request, too, may have. */
    private boolean isByChance(Flight flight, @Nullable Trouble trouble, boolean mayHaveCost) {
        return trouble != null
                && !mayHaveCost
                && trouble.count()
                        < flight.upstream()
                                .suspects()
                                .failuresByChance(BY_CHANCE_PART * policy.attemptsMax());
    }

    /**
     * A request that has failed twice while no other was answered waits longer: if it is the
     * upstream after all, that may take a minute to pass.
     */
    private Duration retryDelay(@Nullable Trouble trouble, int attempts) {
        int troubles = trouble == null ? attempts : trouble.count();
        boolean isAlone = trouble != null && trouble.isAlone() && troubles > 1;
        int failures = Math.max(1, troubles) + (isAlone ? ALONE_FAILURES : 0);
        return policy.retryDelay().delay(failures, random);
    }

    /**
     * The upstream would not serve us: it waits until a person has mended that. But when others are
     * served it is the request, and it has as many attempts as one that fails.
     */
    private void barred(
            Flight flight, CustomId customId, Trouble trouble, Result.Errored error, Moment now) {
        if (!trouble.isOwn() && flight.upstream().pace().isInDoubt()) {
            putBack(flight, customId, now);
        } else if (trouble.isOwn()
                && flight.upstream().suspects().isLost(flight.lane(), policy.attemptsMax())) {
            decide(flight, customId, error, now);
        } else {
            // Nobody has to wait for it, and it is not to be asked as fast as it can refuse.
            failed(flight, customId, trouble, trouble.isOwn(), false, null, error, now);
        }
    }

    private void retryAfter(Duration wait, Flight flight, Moment now) {
        timers.after(
                wait,
                now,
                new Timer.Due.Retry(
                        flight.batch().id(), flight.request(), flight.lane(), flight.upstream()));
    }

    void retry(Timer.Due.Retry retry, Moment now) {
        if (!retry.lane().batch().isPending(retry.request())) {
            return;
        }
        var wait = retry.upstream().pace().spendRetry(now.steady());
        if (wait.isZero()) {
            sendAgain(retry.upstream(), retry.lane(), retry.request());
        } else {
            // Spread out, since many may wait.
            var spread = Duration.ofMillis(random.nextInt(RETRY_SPREAD_MILLIS));
            timers.after(wait.plus(spread), now, retry);
        }
    }

    /** The attempt was called off. What it may have spent is no fault of the request. */
    @Nullable RunningBatch aborted(long attempt, Moment now) {
        var flight = land(attempt, false);
        if (flight == null) {
            return null;
        }
        if (flights.holds(flight)) {
            putBack(flight, null, now);
        }
        return flight.batch();
    }

    /** Nothing was sent: the request could not be read. It is tried again after a rest. */
    @Nullable RunningBatch unreadable(long attempt, Moment now) {
        var flight = land(attempt, false);
        if (flight == null) {
            return null;
        }
        var running = flight.batch();
        if (!flights.holds(flight)) {
            return running;
        }
        int inRow = running.countUnreadable();
        var wait = storageRetry.delay(inRow, random);
        if (running.isCanceling()) {
            putBack(flight, null, now);
        } else if (inRow < UNREADABLE_MAX) {
            running.takenBack(flight.request());
            retryAfter(wait, flight, now);
        } else {
            rest(running, wait, now);
            putBack(flight, null, now);
        }
        return running;
    }

    private void rest(RunningBatch running, Duration length, Moment now) {
        if (!running.isResting()) {
            running.resting(true);
            leave(running);
            timers.after(length, now, new Timer.Due.Rested(running.id()));
        }
    }

    void rested(RunningBatch running) {
        running.resting(false);
        enter(running);
    }

    private void putBack(Flight flight, @Nullable CustomId customId, Moment now) {
        if (flight.batch().isCancelRecorded()) {
            decide(flight, customId, new Result.Canceled(), now);
            return;
        }
        flight.batch().takenBack(flight.request());
        sendAgain(flight.upstream(), flight.lane(), flight.request());
    }

    /** As soon as others have found out that the upstream is healthy, or if there are none. */
    private void sendAgain(Turns upstream, Lane lane, int request) {
        if (isHeldBack(lane) && !lane.batch().isCanceling()) {
            upstream.holdBack(lane, request);
        } else {
            sendAgain(lane, request);
        }
    }

    private void sendAgain(Lane lane, int request) {
        if (lane.batch().isCanceling()) {
            // It stays pending until the cancellation is durable, and is canceled then.
            return;
        }
        lane.order().pushBack(request);
        if (lane.batch().maySend()) {
            enter(lane);
        }
    }

    private void decide(Flight flight, @Nullable CustomId customId, Result result, Moment now) {
        flight.upstream().suspects().forget(flight.batch(), flight.request());
        storing.decide(flight.batch(), flight.request(), customId, result, now);
    }

    // Attempts nobody hears of

    private void sweepAfter(Duration wait, Moment now) {
        if (!sweepSet) {
            sweepSet = true;
            timers.after(wait, now, new Timer.Due.LeaseSweep());
        }
    }

    /**
     * A worker that was not heard of for longer than a call can last has lost its chunk. What its
     * attempts may have spent counts as a try; should they still be there, they are called off.
     *
     * @return the batches concerned
     */
    List<RunningBatch> sweep(Moment now) {
        sweepSet = false;
        var lost = flights.lapse(now.steady());
        for (var flight : lost) {
            landed(flight, false);
            if (flight.batch().isInFlight(flight.request())) {
                int attempts = flight.batch().countAttempt(flight.request());
                if (attempts >= policy.attemptsMax()) {
                    decide(flight, null, new Result.Errored(LostAttempts.ERROR), now);
                } else {
                    putBack(flight, null, now);
                }
            }
        }
        abort(lost.stream().map(Flight::attempt).toList());
        if (flights.size() > 0) {
            sweepAfter(policy.leaseTtl().dividedBy(2), now);
        }
        return lost.stream().map(Flight::batch).distinct().toList();
    }
}
