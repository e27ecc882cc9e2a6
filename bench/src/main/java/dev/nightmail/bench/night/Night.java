package dev.nightmail.bench.night;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.lease.WorkerId;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.Result;
import dev.nightmail.core.result.Settled;
import dev.nightmail.core.schedule.Effect;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.schedule.Moment;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.core.schedule.SchedulePolicy;
import dev.nightmail.core.schedule.Scheduler;
import dev.nightmail.core.schedule.UpstreamTerms;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.simulator.service.Admission;
import dev.nightmail.upstream.simulator.service.Arrival;
import dev.nightmail.upstream.simulator.service.Prompt;
import dev.nightmail.upstream.simulator.service.ServiceConfig;
import dev.nightmail.upstream.simulator.service.SimulatedService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.LongConsumer;

/** One scheduler, one upstream, storage that never waits; events in order of virtual time. */
final class Night {

    static final Instant START = Instant.parse("2026-11-21T22:00:00Z");

    private static final String UPSTREAM = "claude";
    private static final JsonBytes ERROR = JsonBytes.of("{}");

    private final Random random;
    private final Scheduler scheduler;
    private final SimulatedService service;
    private final Duration network;
    private final Jitter jitter;
    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
    private final Map<BatchId, Running> running = new HashMap<>();
    private final Set<Long> aborted = new HashSet<>();
    private long order;
    private Instant now = START;
    private Instant wakesAt = Instant.MAX;
    private int created;

    /** What has happened to the calls of batches, in order. */
    final List<Call> calls = new ArrayList<>();

    /** What the service has billed for them. */
    Usage billed = Usage.NONE;

    int results;
    int failedResults;
    int expiredResults;

    private record Due(Instant at, long order, Runnable what) {}

    private static final class Running {
        final Job job;
        final Batch batch;
        int left;

        Running(Job job, Batch batch) {
            this.job = job;
            this.batch = batch;
            this.left = job.requests().size();
        }
    }

    /** One call of a batch, as it ended. */
    record Call(
            Instant sent,
            Instant ended,
            BatchId batch,
            KeyId key,
            int request,
            Ending ending,
            long tokens) {}

    enum Ending {
        ANSWERED,
        REFUSED,
        FAILED
    }

    /**
     * @param network from our side to the service, one way
     */
    Night(long seed, ServiceConfig config, int callsInFlightMax, Duration network) {
        this(seed, config, callsInFlightMax, network, Jitter.none());
    }

    Night(long seed, ServiceConfig config, int callsInFlightMax, Duration network, Jitter jitter) {
        this.random = new Random(seed);
        this.network = network;
        this.jitter = jitter;
        this.service = new SimulatedService(config.withSeed(seed), START);
        this.scheduler =
                new Scheduler(
                        SchedulePolicy.standard(new WorkerId("night"))
                                .withUnsavedMax(2 * callsInFlightMax),
                        Map.of(UPSTREAM, UpstreamTerms.calls(callsInFlightMax)),
                        Routes.all(UPSTREAM),
                        _ -> ERROR,
                        random);
    }

    Instant now() {
        return now;
    }

    Duration elapsed() {
        return Duration.between(START, now);
    }

    BatchId submit(String key, Job job) {
        return submit(key, job, Duration.ofHours(24));
    }

    BatchId submit(String key, Job job, Duration window) {
        var createdAt = now.plusNanos(++created);
        var header =
                new BatchHeader(
                        BatchId.create(createdAt, random),
                        WorkspaceId.DEFAULT,
                        new KeyId("key_" + key),
                        createdAt,
                        createdAt.plus(window),
                        ApiVersion.V2026_10_21,
                        List.of(),
                        null,
                        job.requests().size(),
                        List.of("claude-haiku-4-5"),
                        "0".repeat(64),
                        null);
        var batch = Batch.accepted(header);
        running.put(header.id(), new Running(job, batch));
        on(
                new Event.BatchAdmitted(
                        batch,
                        job.facts(),
                        new Settled(
                                new BitSet(),
                                RequestCounts.processing(job.requests().size()),
                                null,
                                List.of())));
        return header.id();
    }

    /** How many requests of a batch have no result yet. */
    int left(BatchId id) {
        var found = running.get(id);
        return found == null ? 0 : found.left;
    }

    boolean isIdle() {
        return running.values().stream().allMatch(batch -> batch.left == 0);
    }

    /** Has something happen then. */
    void at(Duration sinceStart, Runnable what) {
        queue.add(new Due(START.plus(sinceStart), order++, what));
    }

    /** Until everything has a result. */
    void run() {
        while (!isIdle() && step(Instant.MAX)) {
            // Goes on.
        }
    }

    /** For so long. */
    void run(Duration length) {
        var end = now.plus(length);
        while (step(end)) {
            // Goes on.
        }
        now = end;
    }

    private boolean step(Instant end) {
        var next = queue.peek();
        var at = next == null || wakesAt.isBefore(next.at()) ? wakesAt : next.at();
        if (at.equals(Instant.MAX) || at.isAfter(end)) {
            return false;
        }
        now = at.isAfter(now) ? at : now;
        if (next != null && !next.at().isAfter(at)) {
            queue.remove();
            next.what().run();
        } else {
            on(new Event.Tick());
        }
        return true;
    }

    private Moment moment() {
        return new Moment(now, now);
    }

    private void on(Event event) {
        for (var effect : scheduler.on(event, moment())) {
            perform(effect);
        }
        wakesAt =
                scheduler
                        .untilNextTick(moment())
                        .map(wait -> now.plus(wait).plus(jitter.ofWakeUp()))
                        .orElse(Instant.MAX);
    }

    private void after(Duration wait, Runnable what) {
        queue.add(new Due(now.plus(wait), order++, what));
    }

    private void perform(Effect effect) {
        switch (effect) {
            case Effect.StartAttempt start -> {
                var sent = now;
                after(network.plus(jitter.ofNetwork()), () -> arrive(start, sent));
            }
            case Effect.AppendResults(var batch, var group) -> {
                var of = running.get(batch);
                if (of == null) {
                    throw new IllegalStateException("results of a batch that is not there");
                }
                of.left -= group.size();
                for (var result : group) {
                    results++;
                    failedResults += result.result() instanceof Result.Errored ? 1 : 0;
                    expiredResults += result.result() instanceof Result.Expired ? 1 : 0;
                }
                after(Duration.ZERO, () -> on(new Event.ResultsDurable(batch, Set.of())));
            }
            case Effect.RecordBatch(var batch) ->
                    after(Duration.ZERO, () -> on(new Event.BatchRecorded(batch)));
            case Effect.AbortAttempts(var attempts) -> {
                for (long attempt : attempts) {
                    aborted.add(attempt);
                    after(Duration.ZERO, () -> on(new Event.AttemptAborted(attempt)));
                }
            }
            default -> {}
        }
    }

    private void arrive(Effect.StartAttempt start, Instant sent) {
        var of = running.get(start.batch());
        if (of == null) {
            throw new IllegalStateException("a call of a batch that is not there");
        }
        var ask = of.job.requests().get(start.request());
        long identity = 31L * start.batch().hashCode() + start.request();
        var arrival =
                new Arrival(
                        identity,
                        WorkspaceId.DEFAULT,
                        "claude-haiku-4-5",
                        ask.prompt(),
                        ask.outputTokens(),
                        ask.outputTokensMax());
        var key = of.batch.header().key();
        switch (service.arrive(arrival, now)) {
            case Admission.Accepted accepted -> {
                billed = billed.plus(accepted.usage());
                end(
                        start,
                        sent,
                        accepted.doneAt(),
                        key,
                        Ending.ANSWERED,
                        accepted.usage(),
                        new AttemptOutcome.Answered(
                                ERROR, accepted.usage(), Billing.UNKNOWN, accepted.headroom()));
            }
            case Admission.RateLimited(var _, var retryAfter, var headroom) ->
                    end(
                            start,
                            sent,
                            now,
                            key,
                            Ending.REFUSED,
                            Usage.NONE,
                            new AttemptOutcome.Throttled(
                                    headroom.allowances().isEmpty() ? null : retryAfter,
                                    ERROR,
                                    headroom));
            case Admission.Overloaded(var headroom) ->
                    end(
                            start,
                            sent,
                            now,
                            key,
                            Ending.REFUSED,
                            Usage.NONE,
                            new AttemptOutcome.Throttled(null, ERROR, headroom, true));
            case Admission.Failed(var _, var at, var _) ->
                    end(
                            start,
                            sent,
                            at,
                            key,
                            Ending.FAILED,
                            Usage.NONE,
                            AttemptOutcome.Failed.unpaid("status 500", null, ERROR));
        }
    }

    private void end(
            Effect.StartAttempt start,
            Instant sent,
            Instant doneAt,
            KeyId key,
            Ending ending,
            Usage usage,
            AttemptOutcome outcome) {
        var back = Duration.between(now, doneAt).plus(network).plus(jitter.ofNetwork());
        long tokens = usage.promptTokens() + usage.output();
        after(
                back,
                () -> {
                    if (aborted.remove(start.attempt())) {
                        return;
                    }
                    calls.add(
                            new Call(
                                    sent,
                                    now,
                                    start.batch(),
                                    key,
                                    start.request(),
                                    ending,
                                    tokens));
                    on(
                            new Event.AttemptFinished(
                                    start.attempt(), new CustomId("r" + start.request()), outcome));
                });
    }

    private static ForwardOutcome.News outcome(Admission admission) {
        return switch (admission) {
            case Admission.Accepted _ -> new ForwardOutcome.Answered();
            case Admission.RateLimited(var _, var retryAfter, var headroom) ->
                    new ForwardOutcome.Throttled(retryAfter, headroom, false);
            case Admission.Overloaded(var headroom) ->
                    new ForwardOutcome.Throttled(null, headroom, true);
            case Admission.Failed(var error, var _, var _) ->
                    new ForwardOutcome.Failed("status " + error.status());
        };
    }

    /** An interactive call; says how long it took, or -1 if it was turned away. */
    void interactive(long identity, Prompt prompt, int outputTokens, LongConsumer tookMillis) {
        var sent = now;
        long call = order++;
        on(new Event.InteractiveStarted(UPSTREAM, call));
        after(
                network,
                () -> {
                    var admission =
                            service.arrive(
                                    new Arrival(
                                            identity,
                                            WorkspaceId.DEFAULT,
                                            "claude-haiku-4-5",
                                            prompt,
                                            outputTokens,
                                            outputTokens),
                                    now);
                    boolean accepted = admission instanceof Admission.Accepted;
                    var done = admission instanceof Admission.Accepted a ? a.doneAt() : now;
                    after(
                            Duration.between(now, done).plus(network),
                            () -> {
                                on(
                                        new Event.InteractiveFinished(
                                                UPSTREAM, call, outcome(admission)));
                                tookMillis.accept(
                                        accepted ? Duration.between(sent, now).toMillis() : -1);
                            });
                });
    }
}
