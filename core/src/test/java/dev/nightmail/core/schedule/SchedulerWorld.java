package dev.nightmail.core.schedule;

import static java.util.Objects.requireNonNull;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.lease.WorkerId;
import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestFacts;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.ResultType;
import dev.nightmail.core.result.Settled;
import dev.nightmail.core.schedule.Effect.StartAttempt;
import dev.nightmail.core.schedule.Effect.Unsaved;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler with its surroundings in memory: the test says when calls answer, when storage
 * works, what time it is.
 */
final class SchedulerWorld {

    static final Instant START = Instant.parse("2026-11-21T22:00:00Z");
    static final Duration WINDOW = Duration.ofHours(24);

    final Random random;
    final Scheduler scheduler;
    final List<StartAttempt> started = new ArrayList<>();
    final Map<Long, StartAttempt> inFlight = new LinkedHashMap<>();
    final List<Effect.AppendResults> appends = new ArrayList<>();
    final List<Effect.RecordBatch> records = new ArrayList<>();
    final List<BatchId> reopens = new ArrayList<>();
    final List<Effect> others = new ArrayList<>();
    final List<Effect> relays = new ArrayList<>();

    /** What is on stable storage: the results of each batch, by request. */
    final Map<BatchId, SortedMap<Integer, ResultType>> logs = new LinkedHashMap<>();

    final Map<BatchId, Batch> recorded = new LinkedHashMap<>();
    final Map<BatchId, Batch> published = new LinkedHashMap<>();
    WorkspaceId workspace = WorkspaceId.DEFAULT;
    Moment now = new Moment(START, Instant.EPOCH);
    boolean storageWorks = true;

    /** Requests of which not even the custom_id can be read. */
    final Set<Integer> unreadable = new TreeSet<>();

    private int created;

    SchedulerWorld(long seed, int callsInFlightMax) {
        this(seed, Map.of("claude", UpstreamTerms.calls(callsInFlightMax)), Routes.all("claude"));
    }

    SchedulerWorld(long seed, Map<String, UpstreamTerms> upstreams, Routes routes) {
        this(seed, SchedulePolicy.standard(new WorkerId("test")), upstreams, routes);
    }

    SchedulerWorld(
            long seed, SchedulePolicy policy, Map<String, UpstreamTerms> upstreams, Routes routes) {
        this(seed, policy, upstreams, Map.of(), routes);
    }

    SchedulerWorld(
            long seed,
            SchedulePolicy policy,
            Map<String, UpstreamTerms> upstreams,
            Map<String, RelayLimits> relayed,
            Routes routes) {
        random = new Random(seed);
        scheduler =
                new Scheduler(
                        policy,
                        upstreams,
                        relayed,
                        routes,
                        model -> JsonBytes.of("{\"model\":\"" + model + "\"}"),
                        random);
    }

    BatchId submit(String key, int requests) {
        return submit(key, List.of("claude-haiku-4-5"), new int[requests]);
    }

    /**
     * @param modelOf the model of each request
     */
    BatchId submit(String key, List<String> models, int[] modelOf) {
        var batch = accepted(key, models, modelOf.length);
        on(new Event.BatchAdmitted(batch, TestFacts.models(modelOf), settled(batch.id())));
        return batch.id();
    }

    /** A batch that is durable, and that the scheduler has not heard of. */
    Batch accept(String key, int requests) {
        return accepted(key, List.of("claude-haiku-4-5"), requests);
    }

    void admit(Batch batch) {
        var facts = TestFacts.models(new int[batch.header().requestCount()]);
        on(new Event.BatchAdmitted(batch, facts, settled(batch.id())));
    }

    void admit(Batch batch, RequestFacts facts) {
        on(new Event.BatchAdmitted(batch, facts, settled(batch.id())));
    }

    private Batch accepted(String key, List<String> models, int requests) {
        var createdAt = now.wall().plusNanos(++created * 1_000L);
        var id = BatchId.create(createdAt, random);
        var header =
                new BatchHeader(
                        id,
                        workspace,
                        new KeyId("key_" + key),
                        createdAt,
                        createdAt.plus(WINDOW),
                        ApiVersion.V2026_10_21,
                        List.of(),
                        null,
                        requests,
                        models,
                        "0".repeat(64),
                        null);
        var batch = Batch.accepted(header);
        logs.put(id, new TreeMap<>());
        recorded.put(id, batch);
        return batch;
    }

    /** What opening the batch's log afresh finds. */
    Settled settled(BatchId id) {
        var log = log(id);
        var requests = new BitSet();
        var counts = RequestCounts.processing(recorded(id).header().requestCount());
        for (var entry : log.entrySet()) {
            requests.set(entry.getKey());
            counts = counts.settle(entry.getValue());
        }
        return new Settled(requests, counts, log.isEmpty() ? null : now.wall(), List.of());
    }

    void on(Event event) {
        for (var effect : scheduler.on(event, now)) {
            take(effect);
        }
    }

    private void take(Effect effect) {
        switch (effect) {
            case StartAttempt start -> {
                started.add(start);
                inFlight.put(start.attempt(), start);
            }
            case Effect.AbortAttempts(var attempts) ->
                    attempts.forEach(
                            attempt -> others.add(new Effect.AbortAttempts(List.of(attempt))));
            case Effect.AppendResults append -> appends.add(append);
            case Effect.RecordBatch record -> records.add(record);
            case Effect.ReopenLog(var id) -> reopens.add(id);
            case Effect.Publish(var batch) -> publish(batch);
            case Effect.SubmitRelay _,
                    Effect.ResumeRelay _,
                    Effect.MoreOf _,
                    Effect.CollectRelay _,
                    Effect.CancelRelay _,
                    Effect.CloseRelay _ ->
                    relays.add(effect);
            case Effect.OpenBatch _,
                    Effect.Close _,
                    Effect.UpstreamPaused _,
                    Effect.UpstreamUnauthorized _,
                    Effect.UpstreamUnhealthy _,
                    Effect.UpstreamHealthy _,
                    Effect.RelaysHeld _,
                    Effect.RelaysResumed _,
                    Effect.RetryInteractive _,
                    Effect.PassRefusalOn _,
                    Effect.AnswerDiscarded _ ->
                    others.add(effect);
        }
    }

    /** What is shown is durable, and no count ever goes back. */
    private void publish(Batch batch) {
        if (!batch.state().equals(recorded(batch.id()).state())) {
            throw new AssertionError(batch.state() + " was shown, but is not recorded");
        }
        if (batch.counts().total() - batch.counts().processing() > log(batch.id()).size()) {
            throw new AssertionError("more was shown than is durable");
        }
        var before = published.put(batch.id(), batch);
        if (before != null && before.counts().processing() < batch.counts().processing()) {
            throw new AssertionError("a count that was shown has gone back");
        }
    }

    // Outcomes

    static AttemptOutcome answer() {
        return new AttemptOutcome.Answered(
                JsonBytes.of("{}"), new Usage(10, 5, 0, 0, 0), Billing.UNKNOWN, Headroom.UNTOLD);
    }

    static AttemptOutcome refusal() {
        return new AttemptOutcome.Refused(JsonBytes.of("{}"));
    }

    static AttemptOutcome failure() {
        return AttemptOutcome.Failed.unpaid("status 500", null, JsonBytes.of("{}"));
    }

    static AttemptOutcome throttle(@Nullable Duration retryAfter) {
        return new AttemptOutcome.Throttled(retryAfter, JsonBytes.of("{}"), Headroom.UNTOLD);
    }

    static AttemptOutcome noPlace() {
        return new AttemptOutcome.Throttled(null, JsonBytes.of("{}"), Headroom.UNTOLD, true);
    }

    static AttemptOutcome unreachable() {
        return new AttemptOutcome.Unreachable("connection refused", JsonBytes.of("{}"));
    }

    static AttemptOutcome barred() {
        return new AttemptOutcome.Barred(
                "status 401 (authentication_error)", JsonBytes.of("{\"barred\":true}"));
    }

    // What the surroundings do when told to

    void finish(StartAttempt attempt, AttemptOutcome outcome) {
        inFlight.remove(attempt.attempt());
        on(
                new Event.AttemptFinished(
                        attempt.attempt(), new CustomId("r" + attempt.request()), outcome));
    }

    void finishAll(AttemptOutcome outcome) {
        for (var attempt : List.copyOf(inFlight.values())) {
            finish(attempt, outcome);
        }
    }

    void finishOldest(AttemptOutcome outcome) {
        finish(oneInFlight(), outcome);
    }

    /** Storage does everything it was asked for, and whatever that brings. */
    void store() {
        while (!appends.isEmpty() || !records.isEmpty() || !reopens.isEmpty()) {
            if (!appends.isEmpty()) {
                append(appends.removeFirst());
            } else if (!records.isEmpty()) {
                record(records.removeFirst());
            } else {
                var id = reopens.removeFirst();
                on(
                        storageWorks
                                ? new Event.LogReopened(id, settled(id))
                                : new Event.AppendFailed(id));
            }
        }
    }

    void append(Effect.AppendResults append) {
        if (!storageWorks) {
            writeSome(append.batch(), append.group());
            on(new Event.AppendFailed(append.batch()));
            return;
        }
        var unnamed = new TreeSet<Integer>();
        for (var result : append.group()) {
            if (result.customId() == null && unreadable.contains(result.request())) {
                unnamed.add(result.request());
            } else {
                write(append.batch(), result);
            }
        }
        on(new Event.ResultsDurable(append.batch(), unnamed));
    }

    /** A write that failed may have left a prefix. */
    private void writeSome(BatchId id, List<Unsaved> group) {
        int written = random.nextInt(group.size() + 1);
        group.subList(0, written).forEach(result -> write(id, result));
    }

    private void write(BatchId id, Unsaved result) {
        var before = log(id).put(result.request(), result.result().type());
        if (before != null) {
            throw new AssertionError(
                    "request " + result.request() + " of " + id + " settled twice");
        }
    }

    void record(Effect.RecordBatch record) {
        if (storageWorks) {
            recorded.put(record.batch().id(), record.batch());
            on(new Event.BatchRecorded(record.batch()));
        } else {
            on(new Event.RecordFailed(record.batch()));
        }
    }

    void unreadable(StartAttempt attempt) {
        inFlight.remove(attempt.attempt());
        on(new Event.RequestUnreadable(attempt.attempt()));
    }

    void abort(StartAttempt attempt) {
        inFlight.remove(attempt.attempt());
        on(new Event.AttemptAborted(attempt.attempt()));
    }

    StartAttempt oneInFlight() {
        return inFlight.values().iterator().next();
    }

    void advance(Duration by) {
        now = now.plus(by);
        on(new Event.Tick());
    }

    /** Somebody sets the wall clock; no time passes. */
    void setClock(Duration by) {
        now = new Moment(now.wall().plus(by), now.steady());
        on(new Event.Tick());
    }

    /** To the next moment at which the scheduler wants to be woken. */
    void advanceToNextTick() {
        advance(scheduler.untilNextTick(now).orElseThrow());
    }

    Batch recorded(BatchId id) {
        return requireNonNull(recorded.get(id));
    }

    Batch published(BatchId id) {
        return requireNonNull(published.get(id));
    }

    SortedMap<Integer, ResultType> log(BatchId id) {
        return requireNonNull(logs.get(id));
    }

    boolean isOver(BatchId id) {
        return recorded(id).isOver();
    }

    RequestCounts counts(BatchId id) {
        return published(id).counts();
    }
}
