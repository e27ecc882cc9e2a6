package dev.nightmail.simulation.world;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.memory.MemoryBudget;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.core.schedule.Routes.Route;
import dev.nightmail.core.schedule.UpstreamTerms;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.engine.Engine;
import dev.nightmail.engine.EngineConfig;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.relay.Relays;
import dev.nightmail.journal.FileJournal;
import dev.nightmail.journal.relay.FileRelayLog;
import dev.nightmail.simulation.catalog.SimulatedCatalog;
import dev.nightmail.simulation.check.Checker;
import dev.nightmail.simulation.client.Book;
import dev.nightmail.simulation.client.Order;
import dev.nightmail.simulation.client.Server;
import dev.nightmail.simulation.client.Witness;
import dev.nightmail.simulation.disk.SimulatedDisk;
import dev.nightmail.simulation.fault.Faults;
import dev.nightmail.simulation.turn.Baton;
import dev.nightmail.simulation.turn.Death;
import dev.nightmail.simulation.turn.Life;
import dev.nightmail.simulation.turn.SimulatedThreads;
import dev.nightmail.simulation.turn.Violation;
import dev.nightmail.simulation.upstream.Provider;
import dev.nightmail.simulation.upstream.SimulatedBatchUpstream;
import dev.nightmail.simulation.upstream.SimulatedUpstream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A machine with its disk and its tables, on which one server after the other lives and dies. */
final class Machine implements Server {

    static final Path DATA = Path.of("/data");
    static final Path BATCHES = DATA.resolve("batches");

    private final Plan plan;
    private final Defect defect;
    private final Baton baton;
    private final Faults faults;
    private final Book book;
    private final SimulatedClock clock;
    private final SimulatedDisk disk;
    private final SimulatedCatalog catalog;
    private final Witness witness;
    private final SplittableRandom seeds;
    private final RandomGenerator engineRandom;
    private final @Nullable Provider provider;
    private final Set<BatchId> opened = new TreeSet<>();
    private @Nullable Life up;
    private @Nullable Engine engine;
    private boolean upstreamsAreDead;
    private boolean stopping;

    Machine(
            Plan plan,
            Defect defect,
            Baton baton,
            Faults faults,
            Book book,
            SimulatedClock clock,
            SplittableRandom seeds) {
        this.plan = plan;
        this.defect = defect;
        this.baton = baton;
        this.faults = faults;
        this.book = book;
        this.clock = clock;
        this.seeds = seeds;
        this.disk =
                new SimulatedDisk(
                        baton,
                        faults,
                        clock,
                        seeds.split(),
                        plan.pageBytes(),
                        defect == Defect.DISK_LIES);
        this.catalog =
                new SimulatedCatalog(
                        baton,
                        faults,
                        seeds.split(),
                        defect == Defect.CATALOG_LOSES_UPDATES,
                        defect == Defect.LEDGER_CHARGES_TWICE);
        this.witness = new Witness(disk, BATCHES, opened::contains);
        this.engineRandom = seeds.split();
        this.provider = provider();
        disk.createForGood(DATA);
    }

    SimulatedDisk disk() {
        return disk;
    }

    SimulatedCatalog catalog() {
        return catalog;
    }

    Witness witness() {
        return witness;
    }

    private @Nullable Provider provider() {
        var relaying = plan.relaying();
        return relaying == null
                ? null
                : new Provider(
                        lastUpstream(),
                        baton,
                        book,
                        faults,
                        clock,
                        seeds.split(),
                        relaying.honoursKeys(),
                        relaying.settings().settling().dividedBy(2),
                        Set.copyOf(relaying.quirks()));
    }

    private String lastUpstream() {
        return "upstream-" + (plan.upstreams().size() - 1);
    }

    /** Who takes batches, if anybody does. */
    Optional<Provider> batchProvider() {
        return Optional.ofNullable(provider);
    }

    /** From now on no server hears from an upstream again. */
    void upstreamsDie() {
        upstreamsAreDead = true;
        batchProvider().ifPresent(Provider::die);
    }

    private List<Engine.Relayed> relayed(Life life) {
        var relaying = plan.relaying();
        if (relaying == null || provider == null) {
            return List.of();
        }
        var upstream =
                new SimulatedBatchUpstream(
                        lastUpstream(), provider, life, baton, faults, seeds.split());
        return List.of(
                new Engine.Relayed(
                        new Relays.Provider(upstream, relaying.settings()), relaying.limits()));
    }

    @Override
    public <T> T ask(Function<BatchDesk, T> question) throws Unanswered {
        var life = up;
        var asked = engine;
        if (life == null || asked == null) {
            throw new Unanswered();
        }
        var answer = new AtomicReference<T>();
        try {
            baton.in(life, () -> answer.set(question.apply(asked.batchDesk())));
        } catch (Death _) {
            throw new Unanswered();
        }
        return answer.get();
    }

    @Override
    public void call(String model, Call call, AnswerSink sink) throws Unanswered {
        var life = up;
        var asked = engine;
        if (life == null || asked == null) {
            throw new Unanswered();
        }
        try {
            baton.in(
                    life,
                    () -> {
                        try {
                            asked.messageDesk().forward(model, call, sink);
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    });
        } catch (Death | SimulatedUpstream.BrokenAdapterException _) {
            throw new Unanswered();
        }
    }

    @Override
    public boolean isStopping() {
        return stopping;
    }

    /** Starts a server. @return whether it is up; it may have died, or found the disk unusable */
    boolean start(Life life) {
        try {
            baton.in(life, () -> engine = started(life));
            up = life;
            stopping = false;
            return true;
        } catch (Death _) {
            baton.note("died while starting");
        } catch (JournalException | CatalogException e) {
            baton.note("refused to start");
        }
        return false;
    }

    private Engine started(Life life) {
        var starting = new Engine(config(), parts(life), failure -> gaveUp(life, failure));
        starting.start();
        return starting;
    }

    private EngineConfig config() {
        return defect == Defect.REFUSALS_PASSED_ON
                ? plan.engineThatPassesRefusalsOn()
                : plan.engine();
    }

    private static void gaveUp(Life life, Throwable failure) {
        if (!life.isDead()) {
            throw new IllegalStateException("the engine gave up", failure);
        }
    }

    private Engine.Parts parts(Life life) {
        opened.clear();
        Journal journal = FileJournal.open(disk.in(life), DATA);
        if (!disk.list(DATA.resolve("incoming")).isEmpty()) {
            throw new Violation("a start left something in incoming");
        }
        return new Engine.Parts(
                Defective.journal(journal, defect, opened::add),
                catalog.batchesIn(life),
                catalog.ledgerIn(life),
                upstreams(life),
                relayed(life),
                FileRelayLog.open(disk.in(life), DATA),
                routes(),
                _ -> JsonBytes.of(Checker.NO_ROUTE),
                new FaultyRequests(),
                clock,
                baton::nanos,
                engineRandom,
                new SimulatedThreads(baton, life),
                MemoryBudget.UNLIMITED);
    }

    private List<Engine.Served> upstreams(Life life) {
        var upstreams = new ArrayList<Engine.Served>();
        for (int number = 0; number < plan.upstreams().size(); number++) {
            var upstream =
                    new SimulatedUpstream(
                            "upstream-" + number,
                            life,
                            baton,
                            book,
                            faults,
                            clock,
                            seeds.split(),
                            plan.crowded() ? plan.upstreams().get(number) : Integer.MAX_VALUE,
                            upstreamsAreDead);
            upstreams.add(
                    new Engine.Served(upstream, UpstreamTerms.calls(plan.upstreams().get(number))));
        }
        return upstreams;
    }

    private Routes routes() {
        return new Routes(
                List.of(new Route("model-a", "upstream-0"), new Route("model-b", lastUpstream())));
    }

    /** What a person does who sees that an upstream is held. */
    void resumeWhatIsHeld() {
        var life = up;
        var running = engine;
        if (life == null || running == null) {
            return;
        }
        try {
            baton.in(
                    life,
                    () -> {
                        for (var upstream : running.upstreamDesk().upstreams()) {
                            var relays = upstream.relays();
                            if (relays != null && relays.held()) {
                                running.upstreamDesk().resume(upstream.name());
                                baton.note("resumed " + upstream.name());
                            }
                        }
                    });
        } catch (Death _) {
            baton.note("died while being resumed");
        }
    }

    /** As SIGTERM does it; the server may die on the way. */
    void stop(Life life) {
        var running = engine;
        if (running == null) {
            throw new IllegalStateException("no server is up");
        }
        stopping = true;
        try {
            baton.in(
                    life,
                    () -> {
                        try {
                            running.stop();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    });
            baton.note("stopped");
        } catch (Death _) {
            baton.note("died while stopping");
        }
    }

    /** The server is dead, or dies now; and perhaps the power goes, and with it the page cache. */
    void end(Life life, boolean powerLost) {
        up = null;
        engine = null;
        life.kill();
        baton.awaitEmpty(life);
        book.died(settled(), baton.nanos());
        if (powerLost) {
            book.powerLost();
            disk.losePower();
        }
    }

    /** Which results are on stable storage. */
    private Map<Order, Set<CustomId>> settled() {
        var settled = new LinkedHashMap<Order, Set<CustomId>>();
        for (var name : disk.list(BATCHES)) {
            var id = new BatchId(name);
            witness.order(book, id)
                    .ifPresent(order -> settled.put(order, witness.settled(book, order, id)));
        }
        return settled;
    }
}
