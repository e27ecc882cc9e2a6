package dev.nightmail.simulation.world;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.simulation.check.Checker;
import dev.nightmail.simulation.client.Book;
import dev.nightmail.simulation.client.Caller;
import dev.nightmail.simulation.client.Client;
import dev.nightmail.simulation.client.Order;
import dev.nightmail.simulation.client.Orders;
import dev.nightmail.simulation.fault.Fault;
import dev.nightmail.simulation.fault.Faults;
import dev.nightmail.simulation.turn.Baton;
import dev.nightmail.simulation.turn.Trace;
import dev.nightmail.simulation.turn.Violation;
import dev.nightmail.simulation.upstream.Provider;
import dev.nightmail.simulation.world.Plan.PlannedLife;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One run: clients hand in their orders; the server lives, dies and lives again on the same
 * machine; then the faults cease, all must come to its end, and what is left is checked.
 */
public final class World {

    /**
     * By then storage was tried again, whatever happened, and calls nobody heard of were given up.
     */
    private static final Duration END_PATIENCE = Duration.ofMinutes(10);

    /** By then what is due to be archived is so. */
    private static final Duration ROUNDS_OF_ARCHIVING = Duration.ofSeconds(61);

    private static final Duration LOOK_INTERVAL_MAX = Duration.ofMillis(500);

    private final long seed;
    private final Trace trace;
    private final SplittableRandom seeds;
    private final Plan plan;
    private final RandomGenerator random;
    private final Baton baton;
    private final Faults faults;
    private final Book book;
    private final SimulatedClock clock;
    private final Machine machine;
    private final Mischief mischief;
    private int clientsLeft;
    private int crashStates;
    private int results;

    /**
     * @param traceLines how many of the last steps are to be told when it fails
     */
    public World(long seed, Defect defect, int traceLines) {
        this.seed = seed;
        this.trace = new Trace(traceLines);
        this.seeds = new SplittableRandom(seed);
        this.plan = Plan.draw(seeds.split());
        this.random = seeds.split();
        this.baton = new Baton(seeds.split(), plan.yieldsPer256(), trace);
        this.faults = new Faults(seeds.split(), plan.faults());
        var policy = plan.engine().schedule();
        this.book =
                new Book(
                        policy.leaseTtl(),
                        policy.unsavedMax(),
                        plan.storageFails(),
                        plan.engine().retention(),
                        new Book.Attempts(policy.attemptsMax(), plan.attemptsOutliveProcesses()));
        this.clock = new SimulatedClock(baton, book);
        this.machine = new Machine(plan, defect, baton, faults, book, clock, seeds.split());
        this.mischief = new Mischief(machine, baton, faults, book, clock, seeds.split());
    }

    /**
     * @throws FailedRun if anything was seen that must not be
     */
    public Report run() {
        try {
            baton.run(this::history);
        } catch (RuntimeException | Error e) {
            throw new FailedRun(seed, plan.toString(), trace.kept(), e);
        }
        return new Report(
                seed,
                crashStates,
                book.calls(),
                results,
                trace.length(),
                trace.digest(),
                Digests.of(machine.disk().contents(), machine.catalog().contents()));
    }

    private void history() {
        startClients();
        startCallers();
        if (plan.clockJumps()) {
            baton.spawn(mischief::setClocks);
        }
        if (plan.diskFills()) {
            baton.spawn(mischief::fillDisk);
        }
        plan.lives().forEach(this::live);
        faults.heal();
        if (plan.upstreamsDieForGood()) {
            machine.upstreamsDie();
        }
        liveToTheEnd();
        check();
        restartInVain();
        check();
    }

    // Clients

    private void startClients() {
        int number = 0;
        for (int size : plan.orderSizes()) {
            var order = Orders.make(book, number++, size, random);
            var manners =
                    new Client.Manners(
                            random.nextInt(3) == 0, random.nextInt(4) == 0, plan.clientPatience());
            spawn(client(order, manners)::run);
            if (order.idempotencyKey() != null && random.nextInt(3) == 0) {
                spawn(client(order, manners)::runTwin);
            }
        }
    }

    private Client client(Order order, Client.Manners manners) {
        return new Client(baton, machine, book, order, machine.witness(), seeds.split(), manners);
    }

    /** They go on until the world ends: batches must come to their end all the same. */
    private void startCallers() {
        var policy = plan.engine().schedule();
        for (int i = 0; i < plan.callers(); i++) {
            var manners =
                    new Caller.Manners(
                            Duration.ofSeconds(1L << random.nextInt(6)),
                            plan.engine().interactiveRetry(),
                            policy.leaseTtl());
            baton.spawn(new Caller(baton, machine, book, seeds.split(), manners)::run);
        }
    }

    private void spawn(Runnable client) {
        clientsLeft++;
        baton.spawn(() -> {
            client.run();
            clientsLeft--;
        });
    }

    // Lives

    private void live(PlannedLife planned) {
        var life = baton.life(planned.points());
        long until = baton.nanos() + planned.longest().toNanos();
        if (machine.start(life)) {
            while (!life.isDead() && baton.nanos() < until) {
                long left = Math.min(until - baton.nanos(), LOOK_INTERVAL_MAX.toNanos());
                baton.sleep(Duration.ofNanos(left));
                if (random.nextInt(16) == 0) {
                    machine.resumeWhatIsHeld();
                }
            }
            if (planned.stops() && !life.isDead()) {
                machine.stop(life);
            }
        }
        machine.end(life, planned.powerLost());
        crashStates++;
        if (plan.requestsRot() && random.nextInt(4) == 0) {
            mischief.rotRequests();
        }
    }

    private void liveToTheEnd() {
        var life = baton.life(Long.MAX_VALUE);
        if (!machine.start(life)) {
            throw new Violation("the last server does not start");
        }
        long until = baton.nanos() + longestWait().plus(END_PATIENCE).toNanos();
        while (clientsLeft > 0 || !machine.catalog().rows().stream().allMatch(Batch::isOver)) {
            if (baton.nanos() > until) {
                throw new Violation(
                        "not all has ended: %d clients, %s"
                                .formatted(clientsLeft, machine.catalog().contents()));
            }
            baton.sleep(Duration.ofSeconds(1));
            machine.resumeWhatIsHeld();
        }
        baton.sleep(ROUNDS_OF_ARCHIVING);
        machine.stop(life);
        machine.end(life, true);
    }

    /** Until what there is now, and what may still be handed in, has expired. */
    private Duration longestWait() {
        var now = clock.instant();
        var latest = now;
        for (var row : machine.catalog().rows()) {
            var expiresAt = row.header().expiresAt();
            latest = expiresAt.isAfter(latest) ? expiresAt : latest;
        }
        return Duration.between(now, latest).plus(plan.engine().window());
    }

    /** A server that was stopped cleanly after all had ended finds nothing to do. */
    private void restartInVain() {
        int calls = calls();
        var life = baton.life(Long.MAX_VALUE);
        if (!machine.start(life)) {
            throw new Violation("a server that was stopped cleanly does not start again");
        }
        baton.sleep(Duration.ofSeconds(5));
        machine.end(life, true);
        if (calls() > calls) {
            throw new Violation("a server that had finished makes calls when it starts again");
        }
    }

    private int calls() {
        return book.calls() + machine.batchProvider().map(Provider::made).orElse(0);
    }

    private void check() {
        checkRelays();
        results =
                new Checker(
                                book,
                                machine.disk(),
                                machine.catalog(),
                                Machine.BATCHES,
                                plan.faults().containsKey(Fault.FORCE_ERROR))
                        .check();
    }

    /** What a provider was paid for has arrived, and nothing of it is left to be done. */
    private void checkRelays() {
        var provider = machine.batchProvider();
        if (provider.isEmpty()) {
            return;
        }
        var left =
                machine.disk().list(Machine.DATA.resolve("relays")).stream()
                        .filter(name -> name.endsWith(".json"))
                        .toList();
        if (!plan.upstreamsDieForGood() && !left.isEmpty()) {
            throw new Violation("relays are left: " + left);
        }
    }
}
