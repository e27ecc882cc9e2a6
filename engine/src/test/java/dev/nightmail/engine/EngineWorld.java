package dev.nightmail.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.nightmail.catalog.Catalog;
import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.lease.WorkerId;
import dev.nightmail.core.ledger.Ledger;
import dev.nightmail.core.memory.MemoryBudget;
import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestCheck;
import dev.nightmail.core.request.RequestSummary;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.core.schedule.SchedulePolicy;
import dev.nightmail.core.schedule.UpstreamTerms;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.desk.BatchDesk.Submission;
import dev.nightmail.engine.relay.RelaySettings;
import dev.nightmail.engine.relay.Relays;
import dev.nightmail.engine.thread.SystemThreads;
import dev.nightmail.journal.FileJournal;
import dev.nightmail.journal.relay.FileRelayLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An engine over a real journal and a real catalog in a folder of its own. Clocks, answers and
 * faults are in the test's hand. It can be stopped, or killed, and the next one started on the same
 * folder.
 */
final class EngineWorld implements AutoCloseable {

    static final Duration WINDOW = Duration.ofHours(24);
    static final Duration RETENTION = Duration.ofDays(29);
    static final WorkspaceId WORKSPACE = WorkspaceId.DEFAULT;

    /** Calls in flight and answers that wait for storage, together. */
    static final int UNSAVED_MAX = 16;

    private static final String MODEL = "claude-haiku-4-5";

    final Clocks clocks;
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Path data;
    private final int callsInFlightMax;
    private final @Nullable BatchUpstream provider;
    private final Random random = new Random(1);
    private RequestCheck check = (_, _) -> Optional.empty();

    Faults faults = new Faults();
    ScriptedUpstream upstream = new ScriptedUpstream("claude").calledBy(faults);
    private Catalog catalog;
    private Engine engine;

    EngineWorld(Path data) {
        this(data, 4);
    }

    EngineWorld(Path data, int callsInFlightMax) {
        this(data, callsInFlightMax, null, new Clocks());
    }

    /** With an upstream that takes batches, and outlives every engine. */
    EngineWorld(Path data, ScriptedProvider provider) {
        this(data, 4, provider, new Clocks());
    }

    EngineWorld(Path data, BatchUpstream provider, Clocks clocks) {
        this(data, 4, provider, clocks);
    }

    private EngineWorld(
            Path data, int callsInFlightMax, @Nullable BatchUpstream provider, Clocks clocks) {
        this.data = data;
        this.clocks = clocks;
        this.callsInFlightMax = callsInFlightMax;
        this.provider = provider;
        this.catalog = Catalog.open(data.resolve("catalog.db"));
        this.engine = newEngine();
        engine.start();
    }

    private Engine newEngine() {
        var config =
                new EngineConfig(
                        new BatchDesk.Limits(1_000, 1_000_000),
                        WINDOW,
                        RETENTION,
                        Duration.ofSeconds(30),
                        EngineConfig.INTERACTIVE_RETRY,
                        2,
                        policy());
        var parts =
                new Engine.Parts(
                        new FaultyJournal(FileJournal.open(data), faults),
                        new FaultyCatalog(catalog.batches(), faults),
                        new FaultyCatalog.FaultyLedger(catalog.ledger(), faults),
                        List.of(new Engine.Served(upstream, UpstreamTerms.calls(callsInFlightMax))),
                        relayed(),
                        FileRelayLog.open(data),
                        Routes.all("claude"),
                        model -> JsonBytes.of("{\"model\":\"" + model + "\"}"),
                        (params, version) -> check.problem(params, version),
                        clocks,
                        clocks::nanoTime,
                        random,
                        new SystemThreads(),
                        MemoryBudget.UNLIMITED);
        return new Engine(config, parts, failures::add);
    }

    private List<Engine.Relayed> relayed() {
        var batches = provider;
        if (batches == null) {
            return List.of();
        }
        var settings =
                new RelaySettings(
                        Duration.ofMillis(2), Duration.ofMillis(20), Duration.ofMinutes(2), true);
        return List.of(
                new Engine.Relayed(
                        new Relays.Provider(batches, settings),
                        new RelayLimits(100, 1_000_000, 4, 1_000, Duration.ZERO)));
    }

    /** The names of the records of relays that are there. */
    List<String> relays() {
        try (var files = Files.list(data.resolve("relays"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SchedulePolicy policy() {
        return SchedulePolicy.standard(new WorkerId("test")).withUnsavedMax(UNSAVED_MAX);
    }

    void check(RequestCheck requestCheck) {
        check = requestCheck;
    }

    // Its life

    /** Everything in flight finishes first, for as long as the upstream answers. */
    void stop() {
        try {
            engine.stop();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        catalog.close();
    }

    /** As {@code kill -9} does it: no step more, and no call in flight comes back. */
    void kill() {
        faults.crashNow();
        faults.releaseAll();
        upstream.answerEverything();
        stop();
    }

    /** The next process on the same folder, with an upstream that has heard of nothing. */
    void startAgain() {
        startAgain(new Faults());
    }

    void startAgain(Faults withFaults) {
        faults = withFaults;
        upstream = new ScriptedUpstream("claude").calledBy(faults);
        catalog = Catalog.open(data.resolve("catalog.db"));
        engine = newEngine();
        engine.start();
    }

    @Override
    public void close() {
        if (!faults.isDead()) {
            kill();
        }
    }

    // What clients do

    BatchDesk desk() {
        return engine.batchDesk();
    }

    Engine engine() {
        return engine;
    }

    /** Custom ids are {@code name-0}, {@code name-1}, … */
    BatchId submit(String name, int requests) {
        return ((Submission.Accepted) submit(name, requests, null)).batch().id();
    }

    Submission submit(String name, int requests, @Nullable String idempotencyKey) {
        return submit(name, requests, "key_any", idempotencyKey);
    }

    Submission submit(String name, int requests, String key, @Nullable String idempotencyKey) {
        try (var draft = desk().draft()) {
            for (int number = 0; number < requests; number++) {
                var id = name + "-" + number;
                var params = "{\"model\":\"%s\",\"id\":\"%s\"}".formatted(MODEL, id);
                var bytes = params.getBytes(UTF_8);
                draft.add(
                        new CustomId(id),
                        new RequestSummary(MODEL, 100, 400),
                        bytes,
                        0,
                        bytes.length);
            }
            return desk().submit(
                            draft,
                            new BatchDesk.Terms(
                                    WORKSPACE,
                                    new KeyId(key),
                                    ApiVersion.V2026_10_21,
                                    List.of(),
                                    null,
                                    "sha of " + name + requests,
                                    idempotencyKey));
        }
    }

    Batch find(BatchId id) {
        return desk().find(WORKSPACE, id)
                .orElseThrow(() -> new AssertionError(id + " is not found"));
    }

    RequestCounts counts(BatchId id) {
        return find(id).counts();
    }

    BatchDesk.Cancellation cancel(BatchId id) {
        return desk().cancel(WORKSPACE, id);
    }

    /** The lines that are served. */
    List<String> results(BatchId id) {
        if (!(desk().results(WORKSPACE, id) instanceof BatchDesk.Results.Ready(var _, var file))) {
            throw new AssertionError("there are no results of " + id);
        }
        try (var channel = file.open()) {
            var bytes = ByteBuffer.allocate((int) file.length());
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            return new String(bytes.array(), UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The custom ids that have a result, one for each line. */
    List<String> settled(BatchId id) {
        return results(id).stream().map(line -> line.split("\"", 5)[3]).toList();
    }

    static List<String> ids(String name, int requests) {
        var ids = new ArrayList<String>();
        for (int number = 0; number < requests; number++) {
            ids.add(name + "-" + number);
        }
        return ids;
    }

    /** Succeeded requests of a batch that were charged for. */
    long charged(BatchId id) {
        return catalog.ledger().sums(Ledger.Grouping.BATCH).stream()
                .filter(sum -> sum.group().equals(id.value()))
                .mapToLong(sum -> sum.tally().requests())
                .sum();
    }

    Catalog catalog() {
        return catalog;
    }

    Path folder(BatchId id) {
        return data.resolve("batches").resolve(id.value());
    }

    /** An interactive call that waits for its answer; on a thread of its own. */
    Thread interactive(String id) {
        var params = JsonBytes.of("{\"id\":\"" + id + "\"}");
        var call =
                new Call(
                        new Call.Endpoint.Messages(),
                        params,
                        ApiVersion.V2026_10_21,
                        List.of(),
                        null,
                        Duration.ofMinutes(1));
        return Thread.ofVirtual()
                .start(() -> {
                    try {
                        engine.messageDesk().forward(MODEL, call, new NoSink());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    // Time

    void pass(Duration time) {
        clocks.pass(time);
        engine.wake();
    }

    void setClock(Duration by) {
        clocks.set(by);
        engine.wake();
    }

    /** On a thread of its own. */
    static <T> CompletableFuture<T> meanwhile(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> Thread.ofVirtual().start(task));
    }

    static CompletableFuture<Void> meanwhile(Runnable work) {
        return CompletableFuture.runAsync(work, task -> Thread.ofVirtual().start(task));
    }

    static void until(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(20))
                .until(condition);
    }

    Batch until(BatchId id, Predicate<Batch> condition) {
        until(() -> condition.test(find(id)));
        return find(id);
    }

    Batch untilEnded(BatchId id) {
        return until(id, Batch::isOver);
    }

    /**
     * Lets time pass, a second at a time, until it is so; five minutes at most, so that no call is
     * taken for lost meanwhile.
     */
    void passUntil(Callable<Boolean> condition) {
        var left = new AtomicInteger(300);
        until(() -> {
            if (condition.call()) {
                return true;
            }
            if (left.getAndDecrement() > 0) {
                pass(Duration.ofSeconds(1));
            }
            return false;
        });
    }
}
