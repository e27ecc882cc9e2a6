package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.Decision;
import dev.nightmail.core.lease.ChunkId;
import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.result.Result;
import dev.nightmail.core.schedule.Effect.Close;
import dev.nightmail.core.schedule.Effect.OpenBatch;
import dev.nightmail.core.schedule.Effect.Publish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens next; the caller carries the effects out, in order. Called by one thread;
 * never blocks.
 *
 * <p>The life of a request here: it waits in the {@link Lane} of its upstream, is sent under the
 * lease of its chunk, and its outcome decides it or puts it back ({@link Sending}). A decided
 * request waits in its batch for the next group commit: one group at a time is on its way to
 * storage, and what is decided meanwhile forms the next ({@link Storing}). Only when a group is
 * reported durable is it counted and shown. When all are settled the end of the batch is recorded,
 * and when that is durable it is let go.
 *
 * <p>Invariants: a request is settled at most once; a result that is decided is never decided
 * again; nothing is published that is not durable, and no count that was published goes back; at
 * most one append and one record per batch are under way. A crash loses only what this object
 * holds: attempts in flight, and results not yet durable. Both are run again, and nothing else.
 *
 * <p>When storage fails: nothing is acknowledged that is not durable; nothing more is sent for a
 * batch whose results cannot be kept, until some were, so that no more is paid for than was under
 * way; the other batches go on, with one call at first, in case their storage fails too; and what
 * is decided is kept in memory and offered again until storage takes it or the process ends.
 */
public final class Scheduler {

    /** Between tries of storage that failed. It mends itself in seconds, or a person does. */
    private static final Backoff STORAGE_RETRY =
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    private static final int APART_AFTER = 2;

    private final int chunkRequests;
    private final int attemptsMax;
    private final Routes routes;
    private final NoRoute noRoute;
    private final RandomGenerator random;
    private final Timers timers = new Timers();
    private final Storing storing;
    private final Sending sending;
    private final Relaying relaying;
    private final Map<BatchId, RunningBatch> batches = new TreeMap<>();
    private final Map<BatchId, Unopened> unopened = new TreeMap<>();
    private List<Effect> effects = new ArrayList<>();

    /** A batch that waits for its files to be readable. */
    private record Unopened(Batch batch, int failures, boolean cancelAsked) {}

    /**
     * @param upstreams how each may be used, by name
     * @param random for jitter
     */
    public Scheduler(
            SchedulePolicy policy,
            Map<String, UpstreamTerms> upstreams,
            Routes routes,
            NoRoute noRoute,
            RandomGenerator random) {
        this(policy, upstreams, Map.of(), routes, noRoute, random);
    }

    /**
     * @param upstreams how each may be used, by name
     * @param relayed those of them that take the requests of batches in batches, with their limits
     * @param random for jitter and the ids of relays
     */
    public Scheduler(
            SchedulePolicy policy,
            Map<String, UpstreamTerms> upstreams,
            Map<String, RelayLimits> relayed,
            Routes routes,
            NoRoute noRoute,
            RandomGenerator random) {
        this.chunkRequests = policy.chunkRequests();
        this.attemptsMax = policy.attemptsMax();
        this.routes = routes;
        this.noRoute = noRoute;
        this.random = random;
        Consumer<Effect> effect = this::add;
        this.storing = new Storing(policy.groupMax(), STORAGE_RETRY, random, timers, effect);
        this.sending =
                new Sending(policy, upstreams, STORAGE_RETRY, random, timers, storing, effect);
        this.relaying = new Relaying(policy, relayed, routes, random, timers, storing, effect);
    }

    private void add(Effect effect) {
        effects.add(effect);
    }

    public List<Effect> on(Event event, Moment now) {
        effects = new ArrayList<>();
        switch (event) {
            case Event.BatchAdmitted admitted -> admit(admitted, now);
            case Event.OpenFailed(var batch) -> {
                openLater(batch, now);
                relaying.opened(batch.id());
            }
            case Event.AttemptFinished(var attempt, var customId, var outcome) ->
                    moveOn(sending.finished(attempt, customId, outcome, now));
            case Event.AttemptAborted(var attempt) -> moveOn(sending.aborted(attempt, now));
            case Event.RequestUnreadable(var attempt) -> moveOn(sending.unreadable(attempt, now));
            case Event.ResultsDurable(var batch, var unnamed) -> {
                var running = running(batch);
                boolean sentNothing = running.storageFails();
                counted(running, storing.saved(running, unnamed, now), unnamed);
                sending.storageWorked();
                if (sentNothing) {
                    enter(running, now);
                }
            }
            case Event.AppendFailed(var batch) -> {
                var running = running(batch);
                if (!running.storageFails()) {
                    sending.storageFailed();
                }
                storing.failed(running, now);
                leave(running);
                relaying.storageFailed(running);
            }
            case Event.LogReopened(var batch, var settled) -> {
                var running = running(batch);
                counted(running, storing.reopened(running, settled), Set.of());
                enter(running, now);
            }
            case Event.CancelAsked(var batch) -> cancel(batch, now);
            case Event.BatchRecorded(var recorded) -> recorded(recorded, now);
            case Event.RecordFailed(var batch) -> storing.recordFailed(running(batch.id()), now);
            case Event.InteractiveStarted(var upstream, var call) ->
                    sending.interactiveStarted(upstream, call, now);
            case Event.InteractiveFinished(var upstream, var call, var news) ->
                    sending.interactiveFinished(upstream, call, news, now);
            case Event.InteractiveRefused refused -> sending.interactiveRefused(refused, now);
            case Event.InteractiveGone(var call) -> sending.interactiveGone(call);
            case Event.RelayRecovered(var relay, var running) -> relaying.recovered(relay, running);
            case Event.RelaySubmitted(var relay) -> relaying.submitted(relay);
            case Event.RelayInDoubt(var relay, var reason) -> relaying.inDoubt(relay, reason, now);
            case Event.RelayCanceledElsewhere(var relay) -> relaying.canceledElsewhere(relay, now);
            case Event.RelaysFoundHeld(var upstream) -> relaying.hold(upstream, now);
            case Event.ResumeAsked(var upstream) -> relaying.resume(upstream);
            case Event.RelayAnswered(var relay, var group) -> relaying.answered(relay, group, now);
            case Event.RelayCollected(var relay) -> relaying.collected(relay, now);
            case Event.RelayRefused(var relay, var outcome) ->
                    relaying.refused(relay, outcome, now);
            case Event.RelayNotMade(var relay, var why) -> relaying.notMade(relay, why, now);
            case Event.RelayClosed(var relay) -> relaying.closed(relay, now);
            case Event.StopAsked() -> {
                sending.stop();
                relaying.stop();
            }
            case Event.Tick() -> {}
        }
        for (var due = timers.next(now); due != null; due = timers.next(now)) {
            ring(due, now);
        }
        sending.dispatch(now);
        relaying.dispatch(now);
        return effects;
    }

    /** How long until the next {@link Event.Tick} is wanted, if anything waits for its time. */
    public Optional<Duration> untilNextTick(Moment now) {
        return timers.untilNext(now);
    }

    /** How each upstream stands, in the order in which they were given. */
    public List<UpstreamState> upstreams(Moment now) {
        return sending.upstreams(now).stream()
                .map(upstream -> relaying.completed(upstream, now))
                .toList();
    }

    /** Whether everything that was begun is finished and durable. */
    public boolean isQuiet() {
        return sending.callsInFlight() == 0
                && batches.values().stream()
                        .allMatch(batch -> batch.waiting() == 0 && !batch.isRecording());
    }

    /** Calls off whatever is in flight: the stop cannot wait any longer. */
    public List<Effect> abandon() {
        effects = new ArrayList<>();
        sending.callOffAll();
        return effects;
    }

    private RunningBatch running(BatchId id) {
        var batch = batches.get(id);
        if (batch == null) {
            throw new IllegalStateException("a report about " + id + ", which is not running");
        }
        return batch;
    }

    private void moveOn(@Nullable RunningBatch running) {
        if (running != null) {
            storing.moveOn(running);
        }
    }

    /** From here on what it has to send is sent, if that may be now. */
    private void enter(RunningBatch running, Moment now) {
        sending.enter(running);
        relaying.enter(running, now);
    }

    private void leave(RunningBatch running) {
        sending.leave(running);
        relaying.leave(running);
    }

    private void counted(RunningBatch running, List<ChunkId> done, Set<Integer> unnamed) {
        sending.release(done);
        add(new Publish(running.shown()));
        relaying.saved(running, unnamed);
        storing.moveOn(running);
    }

    // Admission

    private void admit(Event.BatchAdmitted admitted, Moment now) {
        var batch = admitted.batch();
        if (batches.containsKey(batch.id())) {
            return;
        }
        var requests = admitted.requests();
        var running = new RunningBatch(batch, requests, admitted.settled(), chunkRequests);
        batches.put(batch.id(), running);
        var usedUp = countAttempts(running, admitted.attempts());
        var plan = LanePlan.of(running, routes, sending::terms);
        running.lanes(
                plan.lanes().stream().filter(lane -> !relaying.serves(lane.route())).toList());
        relaying.admit(running);
        plan.apart().stream()
                .filter(one -> !relaying.serves(one.lane().route()))
                .forEach(one -> sending.setApart(one.lane(), one.number()));
        decideAll(running, usedUp, new Result.Errored(LostAttempts.ERROR), now);
        for (int number : plan.unserved()) {
            if (running.isPending(number)) {
                var model = batch.header().models().get(requests.model(number));
                storing.decide(
                        running, number, null, new Result.Errored(noRoute.error(model)), now);
            }
        }
        add(new Publish(running.shown()));
        timers.on(batch.header().expiresAt(), new Timer.Due.Expiry(batch.id()));
        if (running.isCanceling()) {
            cancelPending(running, now);
        }
        enter(running, now);
        relaying.opened(running.id());
        storing.moveOn(running);
        var waited = unopened.remove(batch.id());
        if (waited != null && waited.cancelAsked()) {
            cancel(batch.id(), now);
        }
    }

    /**
     * Attempts that an earlier process began. One that died of a request dies of it again: what was
     * under way at two deaths is sent one at a time, until it is known which of them it is.
     *
     * @return whether a request has had all of its attempts
     */
    private IntPredicate countAttempts(RunningBatch running, Map<Integer, Integer> attempts) {
        attempts.forEach((number, count) -> {
            if (running.isPending(number)) {
                running.triedBefore(number, count, count >= APART_AFTER);
            }
        });
        return number ->
                attempts.containsKey(number)
                        && running.isPending(number)
                        && running.attempts(number) >= attemptsMax;
    }

    private void openLater(Batch batch, Moment now) {
        var before = unopened.get(batch.id());
        var waiting =
                before == null
                        ? new Unopened(batch, 1, false)
                        : new Unopened(batch, before.failures() + 1, before.cancelAsked());
        unopened.put(batch.id(), waiting);
        var wait = STORAGE_RETRY.delay(waiting.failures(), random);
        timers.after(wait, now, new Timer.Due.Opening(batch.id()));
    }

    // The end, and ways to it

    private void cancel(BatchId id, Moment now) {
        unopened.computeIfPresent(
                id, (_, waiting) -> new Unopened(waiting.batch(), waiting.failures(), true));
        var running = batches.get(id);
        if (running == null) {
            return;
        }
        if (running.batch().cancel(now.wall()) instanceof Decision.Accepted(var events)
                && !events.isEmpty()) {
            events.forEach(running::apply);
            leave(running);
            storing.record(running);
        } else if (running.isCancelRecorded()) {
            add(new Publish(running.shown()));
        }
    }

    private void cancelPending(RunningBatch running, Moment now) {
        decideAll(running, running::isPending, new Result.Canceled(), now);
    }

    private void expire(RunningBatch running, Moment now) {
        leave(running);
        sending.callOff(running);
        decideAll(
                running,
                number -> running.isPending(number) || running.isInFlight(number),
                new Result.Expired(),
                now);
        relaying.expired(running);
    }

    private void decideAll(RunningBatch running, IntPredicate which, Result result, Moment now) {
        for (int number = 0; number < running.size(); number++) {
            if (which.test(number)) {
                storing.decide(running, number, null, result, now);
            }
        }
    }

    private void recorded(Batch recorded, Moment now) {
        var running = running(recorded.id());
        boolean wasCanceling = running.isCancelRecorded();
        running.recorded(recorded.state());
        add(new Publish(running.shown()));
        if (recorded.isOver()) {
            batches.remove(running.id());
            sending.over(running);
            relaying.over(running);
            timers.off(recorded.header().expiresAt(), new Timer.Due.Expiry(running.id()));
            add(new Close(running.id()));
            return;
        }
        if (running.isCancelRecorded() && !wasCanceling) {
            cancelPending(running, now);
        }
        storing.moveOn(running);
    }

    // Time

    private void ring(Timer.Due due, Moment now) {
        switch (due) {
            case Timer.Due.Retry retry ->
                    withRunning(retry.batch(), _ -> sending.retry(retry, now));
            case Timer.Due.Expiry(var batch) -> withRunning(batch, running -> expire(running, now));
            case Timer.Due.Opening(var batch) -> {
                var waiting = unopened.get(batch);
                if (waiting != null) {
                    add(new OpenBatch(waiting.batch()));
                }
            }
            case Timer.Due.Rested(var batch) -> withRunning(batch, running -> rested(running, now));
            case Timer.Due.Storage(var batch) -> withRunning(batch, storing::reopen);
            case Timer.Due.Withheld(var batch) -> withRunning(batch, storing::releaseWithheld);
            case Timer.Due.Recording(var batch) -> withRunning(batch, storing::record);
            case Timer.Due.Lagging(var upstream, var lane, var group) ->
                    sending.lags(upstream, lane, group);
            case Timer.Due.InteractiveRetry retry -> sending.retryInteractive(retry);
            case Timer.Due.InteractiveOverdue(var call) -> sending.interactiveOverdue(call);
            case Timer.Due.PauseOver(), Timer.Due.Lingered() -> {}
            case Timer.Due.Rereading(var batch, var upstream, int request) ->
                    withRunning(
                            batch, running -> relaying.readable(running, upstream, request, now));
            case Timer.Due.Recollection(var relay) -> relaying.collectAgain(relay);
            case Timer.Due.LeaseSweep() -> sending.sweep(now).forEach(storing::moveOn);
        }
    }

    private void rested(RunningBatch running, Moment now) {
        sending.rested(running);
        relaying.enter(running, now);
    }

    private void withRunning(BatchId id, Consumer<RunningBatch> step) {
        var running = batches.get(id);
        if (running != null) {
            step.accept(running);
            storing.moveOn(running);
        }
    }
}
