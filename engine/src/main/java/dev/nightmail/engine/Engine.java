package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.ledger.Ledger;
import dev.nightmail.core.memory.MemoryBudget;
import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.relay.RelayLog;
import dev.nightmail.core.request.Request;
import dev.nightmail.core.request.RequestCheck;
import dev.nightmail.core.schedule.Effect;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.schedule.NoRoute;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.core.schedule.Scheduler;
import dev.nightmail.core.schedule.UpstreamState;
import dev.nightmail.core.schedule.UpstreamTerms;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.desk.MessageDesk;
import dev.nightmail.engine.desk.UpstreamDesk;
import dev.nightmail.engine.relay.Relays;
import dev.nightmail.engine.thread.Threads;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs batches: brings together the scheduler, the journal, the catalog and the upstreams, and
 * offers the desks. Started once, stopped once.
 */
public final class Engine {

    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    private final EngineConfig config;
    private final Journal journal;
    private final BatchCatalog catalog;
    private final OpenBatches batches = new OpenBatches();
    private final LiveBatches live;
    private final Admission admission;
    private final SchedulerThread scheduler;
    private final JournalWriter writer;
    private final Attempts attempts;
    private final Relays relays;
    private final Housekeeper housekeeper;
    private final JournaledBatchDesk batchDesk;
    private final RoutedMessageDesk messageDesk;
    private final InteractivePatience patience;
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** An upstream and how it may be used. */
    public record Served(Upstream upstream, UpstreamTerms terms) {}

    /**
     * An upstream that takes the requests of batches in batches. Interactive calls to it go to the
     * {@link Served} of the same name.
     */
    public record Relayed(Relays.Provider provider, RelayLimits limits) {}

    /**
     * Everything the engine leans on.
     *
     * @param relayed those of the upstreams that take batches
     * @param relayLog where it is written down what they have
     * @param nanoTime a clock that nobody sets: nanoseconds since whenever, never going back
     * @param memory for requests while they are out, shared with the bodies that clients send
     */
    public record Parts(
            Journal journal,
            BatchCatalog catalog,
            Ledger ledger,
            List<Served> upstreams,
            List<Relayed> relayed,
            RelayLog relayLog,
            Routes routes,
            NoRoute noRoute,
            RequestCheck check,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            Threads threads,
            MemoryBudget memory) {
        public Parts {
            upstreams = List.copyOf(upstreams);
            relayed = List.copyOf(relayed);
        }
    }

    /**
     * @param onFailure told if something failed that nobody foresaw, which is a fault of ours: the
     *     process should end and be started again, since nothing is run any more
     */
    public Engine(EngineConfig config, Parts parts, Consumer<Throwable> onFailure) {
        this.config = config;
        this.journal = parts.journal();
        this.catalog = parts.catalog();
        var threads = parts.threads();
        this.live = new LiveBatches(threads);
        var upstreams = new LinkedHashMap<String, Upstream>();
        var terms = new LinkedHashMap<String, UpstreamTerms>();
        for (var served : parts.upstreams()) {
            upstreams.put(served.upstream().name(), served.upstream());
            terms.put(served.upstream().name(), served.terms());
        }
        var relayed = new LinkedHashMap<String, RelayLimits>();
        for (var one : parts.relayed()) {
            relayed.put(one.provider().upstream().name(), one.limits());
        }
        var core =
                new Scheduler(
                        config.schedule(),
                        terms,
                        relayed,
                        parts.routes(),
                        parts.noRoute(),
                        parts.random());
        var moments = new Moments(parts.clock(), parts.nanoTime());
        this.scheduler = new SchedulerThread(core, moments, this::perform, threads, onFailure);
        this.admission = new Admission(journal, batches, live);
        this.writer =
                new JournalWriter(
                        journal,
                        catalog,
                        parts.ledger(),
                        batches,
                        admission,
                        new JournalThreads(threads, config.journalThreads(), scheduler::fail),
                        scheduler::post);
        this.attempts =
                new Attempts(
                        batches,
                        upstreams,
                        parts.check(),
                        scheduler::post,
                        batch -> isOver(live, batch, parts.clock()),
                        threads,
                        parts.memory());
        this.relays =
                new Relays(
                        parts.relayed().stream().map(Relayed::provider).toList(),
                        parts.relayLog(),
                        this::request,
                        parts.check(),
                        parts.clock(),
                        parts.nanoTime(),
                        scheduler::post,
                        threads);
        this.housekeeper =
                new Housekeeper(
                        journal,
                        catalog,
                        live,
                        parts.clock(),
                        parts.nanoTime(),
                        config.retention(),
                        threads);
        this.batchDesk =
                new JournaledBatchDesk(
                        config,
                        journal,
                        catalog,
                        live,
                        admission,
                        scheduler::post,
                        parts.clock(),
                        parts.random(),
                        threads);
        this.patience =
                new InteractivePatience(
                        config.interactiveRetry(), threads, parts.nanoTime(), scheduler::post);
        this.messageDesk =
                new RoutedMessageDesk(
                        upstreams,
                        parts.routes(),
                        parts.noRoute(),
                        new InteractiveChoice(upstreams.keySet(), scheduler::upstreams),
                        patience,
                        scheduler::post);
    }

    /** Recovers what was there and goes on with it. When this returns, the desks may be used. */
    public void start() {
        new Recovery(journal, catalog, writer).run();
        var out = relays.recover();
        writer.start();
        scheduler.start();
        var resumed = catalog.running();
        var running = resumed.stream().map(Batch::id).collect(Collectors.toSet());
        // First: what is out at a provider must not be sent again, nor anything that is held.
        relays.held().forEach(upstream -> scheduler.post(new Event.RelaysFoundHeld(upstream)));
        out.forEach(relay -> scheduler.post(new Event.RelayRecovered(relay, running)));
        resumed.forEach(batch -> scheduler.post(admission.open(batch)));
        if (!resumed.isEmpty()) {
            log.info("event=batches_resumed batches={}", resumed.size());
            writer.check(resumed.stream().map(Batch::id).toList());
        }
        housekeeper.start();
    }

    private Request request(BatchId batch, int number) {
        return batches.find(batch)
                .orElseThrow(() -> new JournalException(batch + " is not open"))
                .files()
                .requests()
                .read(number);
    }

    /** Whether nothing more of a batch is sent: clients were told so, or its time is over. */
    private static boolean isOver(LiveBatches live, BatchId batch, InstantSource clock) {
        return live.find(batch)
                .filter(found ->
                        !(found.state() instanceof BatchState.InProgress)
                                || !clock.instant().isBefore(found.header().expiresAt()))
                .isPresent();
    }

    public BatchDesk batchDesk() {
        return batchDesk;
    }

    public MessageDesk messageDesk() {
        return messageDesk;
    }

    public UpstreamDesk upstreamDesk() {
        return new UpstreamDesk() {
            @Override
            public List<UpstreamState> upstreams() {
                return scheduler.upstreams();
            }

            @Override
            public boolean resume(String name) {
                boolean known = upstreams().stream().anyMatch(one -> one.name().equals(name));
                if (known) {
                    scheduler.post(new Event.ResumeAsked(name));
                }
                return known;
            }
        };
    }

    /** Looks at the clocks now, rather than within a second: for whoever has set them. */
    void wake() {
        scheduler.post(new Event.Tick());
    }

    /** Does now what is done anyway within half a minute. */
    void archiveWhatIsDue() {
        housekeeper.archiveWhatIsDue();
    }

    private void perform(Effect effect) {
        switch (effect) {
            case Effect.OpenBatch(var batch) -> writer.open(batch);
            case Effect.StartAttempt start -> attempts.start(start);
            case Effect.AbortAttempts(var called) -> attempts.abort(called);
            case Effect.RetryInteractive(var call, var upstream) -> patience.again(call, upstream);
            case Effect.PassRefusalOn(var call) -> patience.passOn(call);
            case Effect.AppendResults append -> writer.append(append);
            case Effect.ReopenLog(var id) -> writer.reopen(id);
            case Effect.RecordBatch(var batch) -> writer.record(batch);
            case Effect.Publish(var batch) -> live.publish(batch);
            case Effect.Close(var id) -> {
                live.find(id).ifPresent(Engine::logEnd);
                live.remove(id);
                writer.close(id);
            }
            case Effect.UpstreamPaused(var upstream, var reason, var pause) ->
                    log.warn(
                            "event=upstream_paused upstream={} reason=\"{}\" pause={}",
                            upstream,
                            reason,
                            pause);
            case Effect.UpstreamUnauthorized(var upstream, var reason, var pause) ->
                    log.error(
                            "event=upstream_unauthorized upstream={} reason=\"{}\" pause={}",
                            upstream,
                            reason,
                            pause);
            case Effect.UpstreamUnhealthy(var upstream, var reason) ->
                    log.warn(
                            "event=upstream_unhealthy upstream={} reason=\"{}\"", upstream, reason);
            case Effect.UpstreamHealthy(var upstream) ->
                    log.info("event=upstream_healthy upstream={}", upstream);
            case Effect.AnswerDiscarded(var id, var customId) ->
                    log.warn("event=answer_discarded batch_id={} custom_id={}", id, customId);
            case Effect.SubmitRelay(var relay, boolean ofOneKey) -> relays.submit(relay, ofOneKey);
            case Effect.RelaysHeld(var upstream) ->
                    log.error(
                            "event=upstream_held upstream={} reason=\"batches of ours were canceled there, and not by us: nothing is sent until a person says so\" resume=\"./nightmail upstreams resume {}\"",
                            upstream,
                            upstream);
            case Effect.RelaysResumed(var upstream) -> {
                log.info("event=upstream_resumed upstream={}", upstream);
                relays.resumed(upstream);
            }
            case Effect.ResumeRelay(var relay) -> relays.resume(relay);
            case Effect.MoreOf(var relay) -> relays.more(relay);
            case Effect.CollectRelay(var relay) -> relays.collectAgain(relay);
            case Effect.CancelRelay(var relay) -> relays.cancel(relay);
            case Effect.CloseRelay(var relay, int discarded) -> relays.close(relay, discarded);
        }
    }

    private static void logEnd(Batch batch) {
        var counts = batch.counts();
        log.info(
                "event=batch_ended batch_id={} succeeded={} errored={} canceled={} expired={}",
                batch.id(),
                counts.succeeded(),
                counts.errored(),
                counts.canceled(),
                counts.expired());
    }

    /** The first part of {@link #stop}, for when something else takes its time: no more calls. */
    public void stopCalling() {
        batchDesk.stopTaking();
        scheduler.stopCalling();
        log.info("event=stopping");
    }

    /**
     * Stops cleanly: takes in no more batches, starts no more calls, lets those in flight finish
     * and settles them. Afterwards nothing that was answered is lost, and a start repeats nothing.
     */
    public void stop() throws InterruptedException {
        stop(config.stopTimeout());
    }

    /**
     * As {@link #stop()}, for when part of the time has been spent already. Once it was asked to
     * stop, asking again does nothing.
     *
     * @param patience with the calls in flight
     */
    public void stop(Duration patience) throws InterruptedException {
        if (stopped.getAndSet(true)) {
            return;
        }
        batchDesk.stopTaking();
        relays.stop(patience);
        scheduler.stop(patience);
        housekeeper.stop();
        writer.stop(Duration.ofSeconds(30));
        batches.closeAll();
    }
}
