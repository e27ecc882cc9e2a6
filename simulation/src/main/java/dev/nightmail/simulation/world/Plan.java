package dev.nightmail.simulation.world;

import dev.nightmail.core.lease.WorkerId;
import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.schedule.Backoff;
import dev.nightmail.core.schedule.SchedulePolicy;
import dev.nightmail.core.schedule.Weights;
import dev.nightmail.engine.EngineConfig;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.relay.RelaySettings;
import dev.nightmail.simulation.fault.Fault;
import dev.nightmail.simulation.upstream.Quirk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one run is like, drawn from its seed. Runs differ in kind and not only in detail: each has
 * some of the faults and not others, so that none hides what another would show.
 *
 * @param yieldsPer256 see {@code Baton}
 * @param lives of the processes that die, in order; one that does not follows
 * @param faults how often each happens, of 10,000 chances
 * @param orderSizes requests in each batch
 * @param upstreams calls in flight at each
 * @param clockJumps whether the wall clock is set now and then, and the machine sleeps
 * @param diskFills whether the disk is full now and then
 * @param requestsRot whether bits of stored requests flip
 * @param relaying how the last upstream takes batches; null if it takes calls
 * @param callers clients that make interactive calls
 * @param crowded whether an upstream has no more places than batches may take
 * @param upstreamsDieForGood whether at the end nobody answers any more, and batches end by expiry
 */
record Plan(
        int yieldsPer256,
        int pageBytes,
        List<PlannedLife> lives,
        Map<Fault, Integer> faults,
        List<Integer> orderSizes,
        List<Integer> upstreams,
        EngineConfig engine,
        Duration clientPatience,
        boolean clockJumps,
        boolean diskFills,
        boolean requestsRot,
        boolean upstreamsDieForGood,
        @Nullable Relaying relaying,
        int callers,
        boolean crowded) {

    /**
     * @param honoursKeys whether the provider honours idempotency keys
     * @param quirks of the provider
     */
    record Relaying(
            RelayLimits limits, RelaySettings settings, boolean honoursKeys, List<Quirk> quirks) {}

    /**
     * @param points so many it passes, and dies at the next
     * @param longest and if that takes longer, it dies then
     * @param stops whether somebody stops it then, rather than kill it
     * @param powerLost whether the whole machine dies, and not just the process
     */
    record PlannedLife(long points, Duration longest, boolean stops, boolean powerLost) {}

    private static final Set<Fault> OF_STORAGE =
            EnumSet.of(Fault.WRITE_ERROR, Fault.FORCE_ERROR, Fault.NAME_ERROR, Fault.READ_ERROR);

    private static final int[] YIELDS = {0, 8, 40, 128, 256};
    private static final int[] PAGES = {32, 128, 512, 4096};
    private static final int[] RATES = {3, 20, 100, 400, 1500};

    static Plan draw(RandomGenerator random) {
        var upstreams = new ArrayList<Integer>();
        for (int i = random.nextInt(2); i >= 0; i--) {
            upstreams.add(1 + random.nextInt(6));
        }
        return new Plan(
                YIELDS[random.nextInt(YIELDS.length)],
                PAGES[random.nextInt(PAGES.length)],
                lives(random),
                faults(random),
                sizes(random),
                upstreams,
                engine(random, upstreams),
                Duration.ofMillis(1L << (4 + random.nextInt(12))),
                random.nextInt(3) == 0,
                random.nextInt(4) == 0,
                random.nextInt(8) == 0,
                random.nextInt(5) == 0,
                random.nextBoolean() ? relaying(random) : null,
                random.nextInt(4),
                random.nextBoolean());
    }

    /** The same engine, but it does not try interactive calls again. */
    EngineConfig engineThatPassesRefusalsOn() {
        return new EngineConfig(
                engine.limits(),
                engine.window(),
                engine.retention(),
                engine.stopTimeout(),
                Duration.ZERO,
                engine.journalThreads(),
                engine.schedule());
    }

    private static Relaying relaying(RandomGenerator random) {
        var limits =
                new RelayLimits(
                        1 + random.nextInt(60 >>> random.nextInt(5)),
                        500 + random.nextInt(20_000),
                        1 + random.nextInt(6),
                        10 + random.nextInt(200),
                        Duration.ofMillis(random.nextInt(3_000)));
        var pollMin = Duration.ofMillis(10 + random.nextInt(500));
        var settings =
                new RelaySettings(
                        pollMin,
                        pollMin.multipliedBy(1 + random.nextInt(8)),
                        Duration.ofSeconds(5 + random.nextInt(10)),
                        random.nextBoolean());
        return new Relaying(limits, settings, random.nextBoolean(), quirks(random));
    }

    private static List<Quirk> quirks(RandomGenerator random) {
        int oneIn = 1 + random.nextInt(4);
        return Stream.of(Quirk.values()).filter(_ -> random.nextInt(oneIn) == 1).toList();
    }

    /** Whether the log of a batch may fail. */
    boolean storageFails() {
        return diskFills || faults.keySet().stream().anyMatch(OF_STORAGE::contains);
    }

    /**
     * Whether a process knows of every attempt of the one before: what is marked can be written,
     * and no attempt that was taken for lost comes back.
     */
    boolean attemptsOutliveProcesses() {
        return !storageFails() && !faults.containsKey(Fault.CALL_HANGS);
    }

    private static List<PlannedLife> lives(RandomGenerator random) {
        var lives = new ArrayList<PlannedLife>();
        int count = 4 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
            long points = 1 + random.nextLong(2400L >>> random.nextInt(7));
            var longest = Duration.ofMillis(random.nextLong(100_000 >>> random.nextInt(8)) + 1);
            lives.add(
                    new PlannedLife(
                            points, longest, random.nextInt(6) == 0, random.nextInt(4) > 0));
        }
        return lives;
    }

    private static Map<Fault, Integer> faults(RandomGenerator random) {
        var rates = new EnumMap<Fault, Integer>(Fault.class);
        boolean calm = random.nextInt(4) == 0;
        for (var fault : Fault.values()) {
            int rate = RATES[random.nextInt(RATES.length)];
            boolean is = random.nextInt(3) == 0 && !calm;
            if (is) {
                rates.put(fault, fault == Fault.READ_ERROR ? Math.min(rate, 100) : rate);
            }
        }
        if (random.nextBoolean()) {
            rates.put(Fault.WRITE_BACK, 3000);
        }
        if (rates.containsKey(Fault.CALL_HANGS)) {
            rates.put(Fault.CALL_DEAF, 2000);
        }
        return rates;
    }

    private static List<Integer> sizes(RandomGenerator random) {
        var sizes = new ArrayList<Integer>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            sizes.add(1 + random.nextInt(48 >>> random.nextInt(5)));
        }
        return sizes;
    }

    private static EngineConfig engine(RandomGenerator random, List<Integer> upstreams) {
        var window = Duration.ofSeconds(20 + random.nextInt(600 >>> random.nextInt(5)));
        var retention = random.nextBoolean() ? window.multipliedBy(2) : Duration.ofDays(29);
        var policy =
                new SchedulePolicy(
                        new WorkerId("simulated"),
                        1 + random.nextInt(8),
                        Duration.ofSeconds(2 + random.nextInt(40)),
                        1 + random.nextInt(4),
                        new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5)),
                        new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5)),
                        upstreams.stream().mapToInt(Integer::intValue).sum(),
                        1 + random.nextInt(16),
                        Weights.EQUAL);
        return new EngineConfig(
                new BatchDesk.Limits(1000, 1_000_000),
                window,
                retention,
                Duration.ofSeconds(1 + random.nextInt(20)),
                Duration.ofMillis(500 + random.nextInt(3_000)),
                1 + random.nextInt(3),
                policy);
    }
}
