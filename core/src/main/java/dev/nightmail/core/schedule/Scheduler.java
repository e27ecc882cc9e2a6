package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.batch.Decision;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.lease.ChunkId;
import dev.nightmail.core.lease.Lease;
import dev.nightmail.core.lease.Leases;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestFacts;
import dev.nightmail.core.result.Result;
import dev.nightmail.core.result.Settled;
import dev.nightmail.core.schedule.Effect.AbortAttempts;
import dev.nightmail.core.schedule.Effect.AnswerDiscarded;
import dev.nightmail.core.schedule.Effect.AppendResults;
import dev.nightmail.core.schedule.Effect.Close;
import dev.nightmail.core.schedule.Effect.Publish;
import dev.nightmail.core.schedule.Effect.RecordBatch;
import dev.nightmail.core.schedule.Effect.ReopenLog;
import dev.nightmail.core.schedule.Effect.StartAttempt;
import dev.nightmail.core.schedule.Effect.Unsaved;
import dev.nightmail.core.schedule.Effect.UpstreamPaused;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens next; the caller carries the effects out, in order. Called by one thread;
 * never blocks.
 *
 * <p>The life of a request here: it waits in the {@link Lane} of its upstream, is sent under the
 * lease of its chunk, and its outcome decides it or puts it back. A decided request waits in its
 * batch for the next group commit: one group at a time is on its way to storage, and what is
 * decided meanwhile forms the next. Only when a group is reported durable is it counted and shown.
 * When all are settled the end of the batch is recorded, and when that is durable it is let go.
 *
 * <p>Invariants: a request is settled at most once; a result that is decided is never decided
 * again; nothing is published that is not durable; at most one append and one record per batch are
 * under way. A crash loses only what this object holds: attempts in flight, and results not yet
 * durable. Both are run again, and nothing else.
 */
public final class Scheduler {

    /**
     * Of {@code max_tokens} seldom more than this part is used up; so much of it counts when turns
     * are shared out.
     */
    private static final int OUTPUT_SHARE = 4;

    private final SchedulePolicy policy;
    private final Routes routes;
    private final NoRoute noRoute;
    private final RandomGenerator random;
    private final Leases leases;
    private final Map<String, Turns> turns = new LinkedHashMap<>();
    private final Map<BatchId, RunningBatch> batches = new TreeMap<>();
    private final Map<Long, InFlight> inFlight = new LinkedHashMap<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long attemptCount;
    private long timerCount;
    private int unsaved;
    private boolean stopping;

    private List<Effect> effects = new ArrayList<>();

    private record InFlight(RunningBatch batch, Lane lane, int request, Lease lease) {}

    /**
     * @param upstreams most calls in flight at each, by name
     * @param random for jitter
     */
    public Scheduler(
            SchedulePolicy policy,
            Map<String, Integer> upstreams,
            Routes routes,
            NoRoute noRoute,
            RandomGenerator random) {
        this.policy = policy;
        this.routes = routes;
        this.noRoute = noRoute;
        this.random = random;
        this.leases = new Leases(policy.leaseTtl());
        upstreams.forEach((name, callsInFlightMax) ->
                turns.put(
                        name, new Turns(new Pace(name, callsInFlightMax, policy.pause(), random))));
    }

    public List<Effect> on(Event event, Instant now) {
        effects = new ArrayList<>();
        switch (event) {
            case Event.BatchAdmitted(var batch, var requests, var settled) ->
                    admit(batch, requests, settled, now);
            case Event.AttemptFinished(var attempt, var customId, var outcome) ->
                    finish(attempt, customId, outcome, now);
            case Event.AttemptAborted(var attempt) -> aborted(attempt);
            case Event.ResultsDurable(var batch) -> saved(running(batch), now);
            case Event.AppendFailed(var batch) -> storageFailed(running(batch), now);
            case Event.LogReopened(var batch, var settled) ->
                    reopened(running(batch), settled, now);
            case Event.CancelAsked(var batch) -> cancel(batches.get(batch), now);
            case Event.BatchRecorded(var recorded) ->
                    recorded(running(recorded.id()), recorded, now);
            case Event.RecordFailed(var batch) -> recordAgainLater(running(batch.id()), now);
            case Event.InteractiveStarted(var upstream) -> pace(upstream).interactiveStarted();
            case Event.InteractiveFinished(var upstream) -> pace(upstream).interactiveFinished();
            case Event.StopAsked() -> stopping = true;
            case Event.Tick() -> {}
        }
        ring(now);
        dispatch(now);
        return effects;
    }

    /** When the next {@link Event.Tick} is wanted, if anything waits for its time. */
    public Optional<Instant> nextTick() {
        return Optional.ofNullable(timers.peek()).map(Timer::at);
    }

    /**
     * Whether everything that was begun is finished and durable. After a stop was asked for, it
     * stays so.
     */
    public boolean isQuiet() {
        return inFlight.isEmpty()
                && batches.values().stream()
                        .allMatch(batch -> batch.waiting() == 0 && !batch.isRecording());
    }

    /** Calls off whatever is in flight: the stop cannot wait any longer. */
    public List<Effect> abandon() {
        return List.of(new AbortAttempts(List.copyOf(inFlight.keySet())));
    }

    public int callsInFlight() {
        return inFlight.size();
    }

    private RunningBatch running(BatchId id) {
        var batch = batches.get(id);
        if (batch == null) {
            throw new IllegalStateException("a report about " + id + ", which is not running");
        }
        return batch;
    }

    private Pace pace(String upstream) {
        return turnsAt(upstream).pace();
    }

    private Turns turnsAt(String upstream) {
        var found = turns.get(upstream);
        if (found == null) {
            throw new IllegalStateException("no upstream is called " + upstream);
        }
        return found;
    }

    // Admission

    private void admit(Batch batch, RequestFacts requests, Settled settled, Instant now) {
        if (batches.containsKey(batch.id())) {
            return;
        }
        var running = new RunningBatch(batch, requests, settled, policy.chunkRequests());
        batches.put(batch.id(), running);
        running.lanes(planLanes(running, now));
        running.lanes().forEach(lane -> turnsAt(lane.pace().upstream()).enter(lane));
        effects.add(new Publish(running.batch()));
        if (running.isCanceling()) {
            cancelPending(running, now);
        }
        setTimer(batch.header().expiresAt(), new Timer.Due.Expiry(batch.id()));
        moveOn(running, now);
    }

    private List<Lane> planLanes(RunningBatch running, Instant now) {
        var models = running.batch().header().models();
        var upstreams = models.stream().map(routes::upstreamFor).toList();
        var first = upstreams.getFirst();
        if (first.isPresent() && upstreams.stream().allMatch(first::equals)) {
            return List.of(new Lane(running, pace(first.get()), null));
        }
        return planMixedLanes(running, models, upstreams, now);
    }

    private List<Lane> planMixedLanes(
            RunningBatch running,
            List<String> models,
            List<Optional<String>> upstreams,
            Instant now) {
        var numbers = new TreeMap<String, List<Integer>>();
        for (int number = 0; number < running.size(); number++) {
            int model = running.requests().model(number);
            var upstream = upstreams.get(model);
            if (upstream.isPresent()) {
                numbers.computeIfAbsent(upstream.get(), _ -> new ArrayList<>()).add(number);
            } else if (running.isPending(number)) {
                decide(
                        running,
                        number,
                        null,
                        new Result.Errored(noRoute.error(models.get(model))),
                        now);
            }
        }
        var lanes = new ArrayList<Lane>();
        numbers.forEach((upstream, own) ->
                lanes.add(
                        new Lane(
                                running,
                                pace(upstream),
                                own.stream().mapToInt(Integer::intValue).toArray())));
        return lanes;
    }

    // Attempts

    private void dispatch(Instant now) {
        if (stopping) {
            return;
        }
        for (var upstream : turns.values()) {
            while (unsaved + inFlight.size() < policy.unsavedMax()
                    && upstream.pace().hasRoom(now)) {
                var lane = upstream.next();
                if (lane == null) {
                    break;
                }
                start(upstream, lane, now);
            }
        }
    }

    private void start(Turns upstream, Lane lane, Instant now) {
        var running = lane.batch();
        int number = lane.poll();
        if (inFlight.isEmpty()) {
            setTimer(now.plus(policy.leaseTtl()), new Timer.Due.LeaseSweep());
        }
        var lease = leases.take(running.chunkOf(number), policy.worker(), now);
        long attempt = ++attemptCount;
        running.sent(number);
        lane.pace().started();
        upstream.charge(lane, tokens(running.requests(), number));
        inFlight.put(attempt, new InFlight(running, lane, number, lease));
        effects.add(
                new StartAttempt(
                        attempt,
                        running.id(),
                        number,
                        lane.pace().upstream(),
                        timeout(running, now)));
    }

    private static long tokens(RequestFacts requests, int number) {
        return 1L
                + requests.inputTokensEstimate(number)
                + requests.outputTokensMax(number) / OUTPUT_SHARE;
    }

    private Duration timeout(RunningBatch running, Instant now) {
        var left = Duration.between(now, running.batch().header().expiresAt());
        return left.compareTo(policy.callTimeout()) < 0 ? left : policy.callTimeout();
    }

    private void finish(long attempt, CustomId customId, AttemptOutcome outcome, Instant now) {
        var flight = inFlight.remove(attempt);
        if (flight != null) {
            flight.lane().pace().finished();
            learn(flight.lane().pace(), outcome, now);
        }
        if (flight == null
                || !leases.isCurrent(flight.lease())
                || !flight.batch().isInFlight(flight.request())) {
            if (flight != null && outcome instanceof Answered) {
                effects.add(new AnswerDiscarded(flight.batch().id(), customId));
            }
            return;
        }
        leases.touch(flight.lease(), now);
        switch (outcome) {
            case Answered(var message, var usage) ->
                    decide(flight, customId, new Result.Succeeded(message, usage), now);
            case Refused(var error) -> decide(flight, customId, new Result.Errored(error), now);
            case Throttled _, Unreachable _ -> putBack(flight, customId, now);
            case Failed(var _, var retryAfter, var error) ->
                    failed(flight, customId, retryAfter, error, now);
        }
        moveOn(flight.batch(), now);
    }

    /** What the outcome says about the upstream, whatever it means for the request. */
    private void learn(Pace pace, AttemptOutcome outcome, Instant now) {
        switch (outcome) {
            case Answered _, Refused _ -> pace.answered();
            case Failed _ -> pace.failed();
            case Throttled(var retryAfter, var _) ->
                    paused(pace, "throttled", pace.throttled(retryAfter, now));
            case Unreachable(var phase, var _) -> paused(pace, phase, pace.unreachable(now));
        }
    }

    private void paused(Pace pace, String reason, Pace.@Nullable Pause pause) {
        if (pause == null) {
            return;
        }
        setTimer(pause.until(), new Timer.Due.PauseOver());
        if (pause.begins()) {
            effects.add(new UpstreamPaused(pace.upstream(), reason, pause.until()));
        }
    }

    private void aborted(long attempt) {
        var flight = inFlight.remove(attempt);
        if (flight == null) {
            return;
        }
        flight.lane().pace().finished();
        if (leases.isCurrent(flight.lease()) && flight.batch().isInFlight(flight.request())) {
            flight.batch().takenBack(flight.request());
            sendAgain(flight.lane(), flight.request());
        }
    }

    private void failed(
            InFlight flight,
            CustomId customId,
            @Nullable Duration retryAfter,
            JsonBytes error,
            Instant now) {
        var running = flight.batch();
        int attempts = running.countAttempt(flight.request());
        if (attempts >= policy.attemptsMax()) {
            decide(flight, customId, new Result.Errored(error), now);
            return;
        }
        if (running.isCanceling()) {
            putBack(flight, customId, now);
            return;
        }
        running.takenBack(flight.request());
        var delay = policy.retryDelay().delay(attempts, random);
        var wait = retryAfter != null && retryAfter.compareTo(delay) > 0 ? retryAfter : delay;
        setTimer(
                now.plus(wait), new Timer.Due.Retry(running.id(), flight.request(), flight.lane()));
    }

    private void putBack(InFlight flight, CustomId customId, Instant now) {
        if (flight.batch().isCancelRecorded()) {
            decide(flight, customId, new Result.Canceled(), now);
            return;
        }
        flight.batch().takenBack(flight.request());
        sendAgain(flight.lane(), flight.request());
    }

    private void sendAgain(Lane lane, int request) {
        if (lane.batch().isCanceling()) {
            // It stays pending until the cancellation is durable, and is canceled then.
            return;
        }
        lane.pushBack(request);
        turnsAt(lane.pace().upstream()).enter(lane);
    }

    private void decide(InFlight flight, CustomId customId, Result result, Instant now) {
        decide(flight.batch(), flight.request(), customId, result, now);
    }

    private void decide(
            RunningBatch running,
            int number,
            @Nullable CustomId customId,
            Result result,
            Instant now) {
        running.decided(new Unsaved(number, customId, result, now));
        unsaved++;
    }

    // Storage

    /** Whatever happened to a batch, this is what follows from where it stands now. */
    private void moveOn(RunningBatch running, Instant now) {
        if (running.canSave(now)) {
            effects.add(new AppendResults(running.id(), running.save(policy.groupMax())));
        }
        if (running.batch().counts().allSettled()
                && !running.isRecording()
                && running.recordAgainAt() == null) {
            end(running);
        }
    }

    private void saved(RunningBatch running, Instant now) {
        int before = running.waiting();
        var done = running.saved();
        counted(running, done, before, now);
    }

    private void reopened(RunningBatch running, Settled settled, Instant now) {
        int before = running.waiting();
        var done = running.reopened(settled.requests(), settled.counts());
        counted(running, done, before, now);
    }

    private void counted(RunningBatch running, List<ChunkId> done, int waitingBefore, Instant now) {
        done.forEach(leases::release);
        unsaved -= waitingBefore - running.waiting();
        effects.add(new Publish(running.batch()));
        moveOn(running, now);
    }

    private void storageFailed(RunningBatch running, Instant now) {
        var until = now.plus(policy.pause().delay(running.storageFailed(), random));
        running.storageRests(until);
        setTimer(until, new Timer.Due.Storage(running.id()));
    }

    // The end, and ways to it

    private void cancel(@Nullable RunningBatch running, Instant now) {
        if (running == null) {
            return;
        }
        if (running.batch().cancel(now) instanceof Decision.Accepted(var events)
                && !events.isEmpty()) {
            events.forEach(running::apply);
            leaveLanes(running);
            record(running);
        } else if (running.isCancelRecorded()) {
            effects.add(new Publish(running.batch()));
        }
    }

    private void cancelPending(RunningBatch running, Instant now) {
        leaveLanes(running);
        for (int number = 0; number < running.size(); number++) {
            if (running.isPending(number)) {
                decide(running, number, null, new Result.Canceled(), now);
            }
        }
    }

    private void expire(RunningBatch running, Instant now) {
        leaveLanes(running);
        var calledOff = new ArrayList<Long>();
        inFlight.forEach((attempt, flight) -> {
            if (flight.batch() == running) {
                calledOff.add(attempt);
            }
        });
        for (int number = 0; number < running.size(); number++) {
            if (running.isPending(number) || running.isInFlight(number)) {
                decide(running, number, null, new Result.Expired(), now);
            }
        }
        if (!calledOff.isEmpty()) {
            effects.add(new AbortAttempts(calledOff));
        }
    }

    private void leaveLanes(RunningBatch running) {
        running.lanes().forEach(lane -> turnsAt(lane.pace().upstream()).leave(lane));
    }

    private void end(RunningBatch running) {
        if (running.batch().end(running.lastSettledAt()) instanceof Decision.Accepted(var events)
                && !events.isEmpty()) {
            events.forEach(running::apply);
            record(running);
        }
    }

    private void record(RunningBatch running) {
        running.recording(true);
        effects.add(new RecordBatch(running.batch()));
    }

    private void recorded(RunningBatch running, Batch recorded, Instant now) {
        running.recording(false);
        effects.add(new Publish(recorded));
        if (recorded.isOver()) {
            batches.remove(running.id());
            effects.add(new Close(running.id()));
            return;
        }
        if (recorded.state() instanceof Canceling && !running.isCancelRecorded()) {
            running.cancelRecorded();
            cancelPending(running, now);
        }
        moveOn(running, now);
    }

    private void recordAgainLater(RunningBatch running, Instant now) {
        running.recording(false);
        var until = now.plus(policy.pause().delay(1, random));
        running.recordAgainAt(until);
        setTimer(until, new Timer.Due.Recording(running.id()));
    }

    // Time

    private void ring(Instant now) {
        for (var timer = timers.peek();
                timer != null && !now.isBefore(timer.at());
                timer = timers.peek()) {
            timers.remove();
            ring(timer.due(), now);
        }
    }

    private void ring(Timer.Due due, Instant now) {
        switch (due) {
            case Timer.Due.Retry(var batch, var request, var lane) ->
                    retry(batches.get(batch), request, lane);
            case Timer.Due.Expiry(var batch) -> withRunning(batch, now, this::expire);
            case Timer.Due.Storage(var batch) -> withRunning(batch, now, this::reopen);
            case Timer.Due.Recording(var batch) ->
                    withRunning(batch, now, (running, _) -> record(running));
            case Timer.Due.PauseOver() -> {}
            case Timer.Due.LeaseSweep() -> sweepLeases(now);
        }
    }

    private interface Step {
        void apply(RunningBatch running, Instant now);
    }

    private void withRunning(BatchId id, Instant now, Step step) {
        var running = batches.get(id);
        if (running != null) {
            step.apply(running, now);
            moveOn(running, now);
        }
    }

    private void retry(@Nullable RunningBatch running, int request, Lane lane) {
        if (running != null && running.isPending(request) && !running.isCanceling()) {
            sendAgain(lane, request);
        }
    }

    private void reopen(RunningBatch running, Instant now) {
        if (running.shouldReopen(now)) {
            running.reopening();
            effects.add(new ReopenLog(running.id()));
        }
    }

    private void sweepLeases(Instant now) {
        var lapsed = leases.lapse(now);
        for (var lease : lapsed) {
            var lost =
                    inFlight.entrySet().stream()
                            .filter(entry -> entry.getValue().lease().chunk().equals(lease.chunk()))
                            .map(Map.Entry::getKey)
                            .toList();
            lost.forEach(this::takeFromWorker);
        }
        if (!inFlight.isEmpty()) {
            setTimer(now.plus(policy.leaseTtl().dividedBy(2)), new Timer.Due.LeaseSweep());
        }
    }

    /**
     * The worker has not been heard of for longer than a call can last. What it may have spent
     * counts as a try.
     */
    private void takeFromWorker(long attempt) {
        var flight = inFlight.remove(attempt);
        if (flight == null) {
            return;
        }
        flight.lane().pace().finished();
        if (flight.batch().isInFlight(flight.request())) {
            flight.batch().countAttempt(flight.request());
            flight.batch().takenBack(flight.request());
            sendAgain(flight.lane(), flight.request());
        }
    }

    private void setTimer(Instant at, Timer.Due due) {
        timers.add(new Timer(at, timerCount++, due));
    }
}
