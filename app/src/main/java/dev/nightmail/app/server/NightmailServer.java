package dev.nightmail.app.server;

import dev.nightmail.api.check.BatchRequestCheck;
import dev.nightmail.api.check.UnservedModel;
import dev.nightmail.api.exchange.ApiLimits;
import dev.nightmail.api.server.ApiConfig;
import dev.nightmail.api.server.ApiServer;
import dev.nightmail.api.server.Health;
import dev.nightmail.app.config.NightmailConfig;
import dev.nightmail.app.config.NightmailConfig.UpstreamConfig;
import dev.nightmail.catalog.Catalog;
import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.key.KeyCatalog;
import dev.nightmail.core.lease.WorkerId;
import dev.nightmail.core.memory.MemoryBudget;
import dev.nightmail.core.schedule.Backoff;
import dev.nightmail.core.schedule.SchedulePolicy;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.core.usage.AnswerBilling;
import dev.nightmail.engine.Engine;
import dev.nightmail.engine.EngineConfig;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.memory.SharedMemory;
import dev.nightmail.engine.thread.SystemThreads;
import dev.nightmail.journal.DataFolderFormat;
import dev.nightmail.journal.DataFolderLock;
import dev.nightmail.journal.FileJournal;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.Fence;
import dev.nightmail.journal.disk.LocalDisk;
import dev.nightmail.journal.disk.PrivateFiles;
import dev.nightmail.journal.relay.FileRelayLog;
import dev.nightmail.pipeline.natives.SqliteLibrary;
import dev.nightmail.upstream.adapting.AdaptingUpstream;
import dev.nightmail.upstream.adapting.FreeUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole server over one data folder. Started once, stopped once; in between it answers at {@link
 * #baseUri}.
 */
public final class NightmailServer {

    private static final Logger log = LoggerFactory.getLogger(NightmailServer.class);

    private static final String CATALOG = "catalog.db";

    /** Several times what the first server needs to notice. */
    private static final Duration LOST_LOCK_WAIT = FolderWatch.EVERY.multipliedBy(4);

    /** Each has a client that waits with it; more are told at once to come again. */
    private static final int CALLS_WAITING_MAX = 256;

    /** An answer has cost something: it waits as long as its service may be left to wait. */
    private static final Duration ANSWER_WAIT = Duration.ofMinutes(1);

    private static final int ANSWERS_WAITING_MAX = 100_000;

    private final NightmailConfig config;
    private final KeysMade keysMade;
    private final InstantSource clock;
    private final Fence disk;
    private final SecureRandom random = new SecureRandom();
    private final MemoryBudget bodies;
    private final MemoryBudget answers;

    /** What has been opened, in order: closed in reverse, whether the start went through or not. */
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private final Engine engine;
    private final ApiServer api;
    private final FolderWatch folder;
    private volatile boolean failed;
    private volatile boolean stopping;
    private long stopAskedNanos = System.nanoTime();

    private NightmailServer(
            NightmailConfig config,
            InstantSource clock,
            ProxyVariables proxies,
            Disk disk,
            Consumer<Throwable> onFailure) {
        this.config = config;
        this.keysMade = new KeysMade(config.data());
        this.clock = clock;
        var capacity = config.capacity();
        this.bodies =
                new SharedMemory(
                        new SharedMemory.Terms(
                                capacity.bodyMemoryBytes(),
                                capacity.memoryWait(),
                                CALLS_WAITING_MAX));
        this.answers =
                new SharedMemory(
                        new SharedMemory.Terms(
                                capacity.answerMemoryBytes(),
                                ANSWER_WAIT,
                                ANSWERS_WAITING_MAX,
                                ANSWERS_WAITING_MAX));
        this.disk = new Fence(disk);
        Consumer<Throwable> told =
                failure -> {
                    failed = true;
                    onFailure.accept(failure);
                };
        try {
            DataFolderFormat.requireKnown(config.data());
            var lock = opened(DataFolderLock.acquire(config.data()));
            waitForWhoeverHasLostIt(lock);
            complainIfOpenToOthers();
            requireTheCatalogOfItsKeys();
            var catalog = opened(openCatalog());
            requireTheBatchesItKnows(catalog);
            var journal = FileJournal.open(this.disk, config.data());
            requireKeys(catalog.keys(), journal);
            this.engine = startEngine(catalog, journal, proxies, told);
            this.folder =
                    opened(FolderWatch.start(config.data(), lock, this.disk, () -> lose(told)));
            this.api = startApi(engine, catalog.keys());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Recovers what is in the data folder, goes on with it, and listens.
     *
     * @param onFailure told if the server cannot go on: the process should end
     * @throws StartException or another unchecked exception whose message says what stands in the
     *     way
     */
    public static NightmailServer start(
            NightmailConfig config,
            InstantSource clock,
            ProxyVariables proxies,
            Consumer<Throwable> onFailure) {
        return start(config, clock, proxies, new LocalDisk(), onFailure);
    }

    /** As above, with the journal on another disk. */
    public static NightmailServer start(
            NightmailConfig config,
            InstantSource clock,
            ProxyVariables proxies,
            Disk disk,
            Consumer<Throwable> onFailure) {
        return new NightmailServer(config, clock, proxies, disk, onFailure);
    }

    /** At once, with what is in flight cut off: whatever comes of it can be stored nowhere. */
    private void lose(Consumer<Throwable> onFailure) {
        engine.stopCalling();
        onFailure.accept(new StartException("the data folder is not this server's any more"));
    }

    /**
     * Whoever removes the lock file of a running server and starts another has two on one folder.
     * The first notices within half a second, and writes nothing from then on.
     */
    private void waitForWhoeverHasLostIt(DataFolderLock lock) {
        if (!lock.wasMissing() || !Files.exists(config.data().resolve(CATALOG))) {
            return;
        }
        log.warn("event=lock_file_was_missing waits={}", LOST_LOCK_WAIT);
        try {
            Thread.sleep(LOST_LOCK_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("stopped", e);
        }
    }

    /** Only ours are made private: how a folder is that was there before is its owner's to say. */
    private void complainIfOpenToOthers() {
        try {
            if (PrivateFiles.isOpenToOthers(config.data())) {
                log.warn(
                        "event=data_folder_open_to_others path={} mode={} remedy=\"chmod -R go= {}\"",
                        config.data(),
                        PrivateFiles.mode(config.data()),
                        config.data());
            }
        } catch (IOException e) {
            log.warn("event=modes_not_checked reason=\"{}\"", e.getMessage());
        }
    }

    /** Before it is opened, which would make a new one in its place. */
    private void requireTheCatalogOfItsKeys() {
        var catalog = config.data().resolve(CATALOG);
        if (!Files.exists(catalog)) {
            keysMade.evidence(FileJournal.open(disk, config.data()))
                    .ifPresent(evidence -> {
                        throw new StartException(
                                "%s is missing, and with it the API keys that were made (%s): put it back from a backup, or %s"
                                        .formatted(catalog, evidence, makeOne()));
                    });
        }
    }

    private String makeOne() {
        return "make a new key with ./nightmail keys create --workspace default --name first --data %s"
                .formatted(config.data());
    }

    private void requireKeys(KeyCatalog keys, Journal journal) {
        if (keys.anyExist()) {
            keysMade.remember();
            return;
        }
        keysMade.evidence(journal)
                .ifPresent(evidence -> {
                    throw new StartException(
                            "catalog.db has no API key, though keys were made for this folder (%s), and would let anyone in: put it back from a backup, or %s"
                                    .formatted(evidence, makeOne()));
                });
        requireLoopback();
    }

    private Catalog openCatalog() {
        try {
            return Catalog.open(config.data().resolve(CATALOG));
        } catch (CatalogException e) {
            SqliteLibrary.problem(e)
                    .ifPresent(problem -> {
                        throw new StartException(problem, e);
                    });
            throw new StartException(
                    "%s: ./nightmail doctor --data %s says what can be done"
                            .formatted(e.getMessage(), config.data()),
                    e);
        }
    }

    /** To go on without them would delete their rows one by one. */
    private void requireTheBatchesItKnows(Catalog catalog) {
        var batches = config.data().resolve("batches");
        if (Files.isDirectory(batches)) {
            return;
        }
        int known = catalog.batches().ids().size();
        if (known > 0) {
            throw new StartException(
                    "%s is missing, and catalog.db lists %d of its batches: put it back (is a disk not mounted?), or move catalog.db away to go on without them and without its API keys"
                            .formatted(batches, known));
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    private Engine startEngine(
            Catalog catalog,
            Journal journal,
            ProxyVariables proxies,
            Consumer<Throwable> onFailure) {
        var factory = new Upstreams(clock, random, config.limits().callTimeout(), proxies, answers);
        var upstreams = new ArrayList<Engine.Served>();
        for (var upstream : config.upstreams()) {
            upstreams.add(
                    new Engine.Served(
                            opened(new AdaptingUpstream(billed(factory, upstream))),
                            upstream.terms()));
        }
        var parts =
                new Engine.Parts(
                        journal,
                        catalog.batches(),
                        catalog.ledger(),
                        upstreams,
                        relayed(factory),
                        FileRelayLog.open(disk, config.data()),
                        config.routes(),
                        new UnservedModel(),
                        new BatchRequestCheck(config::takesSampling),
                        clock,
                        System::nanoTime,
                        random,
                        new SystemThreads(),
                        bodies);
        var engine = new Engine(engineConfig(), parts, onFailure);
        opened.push(() -> engine.stop(leftToStop()));
        engine.start();
        return engine;
    }

    private static Upstream billed(Upstreams factory, UpstreamConfig config) {
        var upstream = factory.open(config);
        return config.billing() == AnswerBilling.FREE ? new FreeUpstream(upstream) : upstream;
    }

    private List<Engine.Relayed> relayed(Upstreams factory) {
        var relayed = new ArrayList<Engine.Relayed>();
        for (var upstream : config.upstreams()) {
            factory.openRelayed(upstream)
                    .ifPresent(one -> {
                        opened(one.provider().upstream());
                        relayed.add(one);
                    });
        }
        return relayed;
    }

    private EngineConfig engineConfig() {
        var limits = config.limits();
        var retries = config.retries();
        var standard = SchedulePolicy.standard(new WorkerId("local"));
        return new EngineConfig(
                new BatchDesk.Limits(limits.batchRequests(), limits.batchBytes()),
                limits.window(),
                limits.retention(),
                limits.stopTimeout(),
                limits.interactiveRetry(),
                4,
                new SchedulePolicy(
                        standard.worker(),
                        standard.chunkRequests(),
                        limits.callTimeout(),
                        retries.attemptsMax(),
                        new Backoff(retries.delayMin(), retries.delayMax()),
                        standard.pause(),
                        // An answer that waits for storage still takes a place, so that a crash
                        // repeats no more calls than may be in flight.
                        callsInFlightMax(),
                        standard.groupMax(),
                        config.weights()));
    }

    private int callsInFlightMax() {
        return config.upstreams().stream().mapToInt(UpstreamConfig::callsInFlightMax).sum();
    }

    private ApiServer startApi(Engine engine, KeyCatalog keys) {
        var listen = config.listen();
        // Closed first: it refuses new connections; what is asked meanwhile still gets its answer.
        var server =
                opened(
                        new ApiServer(
                                new ApiConfig(
                                        listen.host(),
                                        listen.port(),
                                        listen.publicUrl(),
                                        listen.access(),
                                        apiLimits(),
                                        bodies),
                                engine.batchDesk(),
                                new BilledModels(engine.messageDesk(), config::billing),
                                engine.upstreamDesk(),
                                keys,
                                health(),
                                clock,
                                random));
        try {
            server.start();
            return server;
        } catch (IOException e) {
            throw StartException.cannotListen(listen.host(), listen.port(), e);
        }
    }

    private ApiLimits apiLimits() {
        return ApiLimits.DEFAULT
                .stoppingWithin(config.limits().stopTimeout())
                .withConnections(
                        config.capacity().connections(), config.capacity().connectionsPerAddress());
    }

    private void requireLoopback() {
        var host = config.listen().host();
        if (!isLoopback(host)) {
            throw new StartException(
                    "listening on %s would let anyone in, since no API key was made yet: %s"
                            .formatted(host, makeOne()));
        }
    }

    private Health health() {
        return new Health() {
            @Override
            public boolean isHealthy() {
                return !failed && !disk.isRaised();
            }

            @Override
            public boolean isReady() {
                return isHealthy() && !stopping && folder.isSound();
            }
        };
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new StartException("listen.host: " + host + " is no address of this machine", e);
        }
    }

    /** How this server is reached from its own machine. */
    public URI baseUri() {
        return URI.create(api.baseUri() + config.listen().access().pathPrefix());
    }

    /**
     * Stops cleanly: no new calls, those in flight finish as long as the limits allow, everything
     * that was answered is settled. A server that is started on the folder afterwards repeats
     * nothing.
     *
     * @return whether all of that went well; what did not is logged
     */
    public boolean stop() {
        // At once, since each call costs something and a slow download can hold the API open.
        stopping = true;
        engine.stopCalling();
        stopAskedNanos = System.nanoTime();
        return close();
    }

    /** Clients and upstreams share the time: both wait from the moment the stop was asked for. */
    private Duration leftToStop() {
        if (disk.isRaised()) {
            return Duration.ZERO;
        }
        var whole = config.limits().stopTimeout();
        var left = whole.minusNanos(System.nanoTime() - stopAskedNanos);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private boolean close() {
        boolean clean = true;
        for (var part : List.copyOf(opened)) {
            try {
                part.close();
            } catch (InterruptedException e) {
                clean = false;
                Thread.currentThread().interrupt();
                log.error("event=stop_interrupted");
            } catch (Exception e) {
                clean = false;
                log.error("event=part_not_closed reason=\"{}\"", e.getMessage(), e);
            }
        }
        opened.clear();
        return clean;
    }
}
