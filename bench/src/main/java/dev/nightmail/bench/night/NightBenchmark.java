package dev.nightmail.bench.night;

import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.night.Night.Ending;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.upstream.simulator.service.BrownOut;
import dev.nightmail.upstream.simulator.service.Capacity;
import dev.nightmail.upstream.simulator.service.Latency;
import dev.nightmail.upstream.simulator.service.Limits;
import dev.nightmail.upstream.simulator.service.PerMinute;
import dev.nightmail.upstream.simulator.service.Prompt;
import dev.nightmail.upstream.simulator.service.ServiceConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;

/**
 * How well an upstream is used: the scheduler itself against the simulated service, in virtual
 * time. So the figures are those of the decisions, and the same on every machine.
 */
public final class NightBenchmark {

    private static final Duration NETWORK = Duration.ofMillis(20);

    /** Six seconds for the median answer. */
    private static final Latency LATENCY =
            new Latency(Duration.ofMillis(800), 20_000, Duration.ofMillis(25), 0.3);

    private final boolean smoke;

    private NightBenchmark(boolean smoke) {
        this.smoke = smoke;
    }

    public static List<Finding> run(Scale scale) {
        var benchmark = new NightBenchmark(scale.requests() < Scale.FULL.requests());
        var findings = new ArrayList<Finding>();
        findings.addAll(benchmark.prefixes());
        findings.addAll(benchmark.limits(true));
        findings.addAll(benchmark.limits(false));
        findings.addAll(benchmark.bursts());
        findings.addAll(benchmark.brownOut());
        findings.addAll(benchmark.interactive());
        findings.add(benchmark.fairness());
        findings.add(benchmark.deadlines());
        return findings;
    }

    // The cost of prompts that share prefixes

    private record Shared(String name, Job job, int inFlight, Limits limits) {}

    private List<Shared> shared() {
        var workloads = new ArrayList<Shared>();
        int part = smoke ? 10 : 1;
        for (boolean forAnHour : new boolean[] {false, true}) {
            var ttl = forAnHour ? ", 1 h" : ", 5 min";
            var make = new Workload(5);
            workloads.add(
                    new Shared(
                            "200 documents, Zipf" + ttl + ", 8 in flight",
                            make.documents(5_000 / part, 200, true, 0, 2_000, 250, forAnHour),
                            8,
                            Limits.NONE));
            workloads.add(
                    new Shared(
                            "5 questions to each of 600 documents" + ttl + ", 8 in flight",
                            make.documents(
                                    3_000 / part, 600 / part, false, 0, 4_000, 250, forAnHour),
                            8,
                            Limits.NONE));
            workloads.add(
                    new Shared(
                            "one system prompt" + ttl + ", 512 in flight",
                            make.documents(10_000 / part, 1, false, 0, 3_000, 250, forAnHour),
                            512 / part,
                            Limits.NONE));
            workloads.add(
                    new Shared(
                            "200 documents, Zipf" + ttl + ", 64 in flight",
                            make.documents(20_000 / part, 200, true, 0, 2_000, 250, forAnHour),
                            64,
                            Limits.NONE));
            workloads.add(
                    new Shared(
                            "200 documents, Zipf" + ttl + ", 512 in flight",
                            make.documents(20_000 / part, 200, true, 0, 2_000, 250, forAnHour),
                            512 / part,
                            Limits.NONE));
            workloads.add(
                    new Shared(
                            "5 questions to each of 2,000 documents" + ttl + ", 64 in flight",
                            make.documents(
                                    10_000 / part,
                                    2_000 / part,
                                    false,
                                    2_000,
                                    4_000,
                                    250,
                                    forAnHour),
                            64,
                            Limits.NONE));
            workloads.add(
                    new Shared(
                            "200 documents, Zipf" + ttl + ", 200 requests a minute",
                            make.documents(4_000 / part, 200, true, 0, 2_000, 250, forAnHour),
                            64,
                            Limits.NONE.withRequests(PerMinute.of(200))));
        }
        return workloads;
    }

    private List<Finding> prefixes() {
        var notes = new ArrayList<String>();
        double costs = 0;
        double costMax = 0;
        double times = 0;
        double timeMax = 0;
        var workloads = shared();
        for (var workload : workloads) {
            var config = ServiceConfig.INSTANT.withLatency(LATENCY).withLimits(workload.limits());
            var ours = finished(config, workload.inFlight(), workload.job());
            var bare =
                    finished(config, workload.inFlight(), Workload.withoutPrefixes(workload.job()));
            double cost = Workload.cost(ours.billed) / Workload.leastCost(workload.job());
            double time = seconds(ours.elapsed()) / seconds(bare.elapsed());
            costs += cost;
            times += time;
            costMax = Math.max(costMax, cost);
            timeMax = Math.max(timeMax, time);
            notes.add("cost %.4f x, time %.3f x: %s".formatted(cost, time, workload.name()));
        }
        int count = workloads.size();
        return List.of(
                new Finding(
                        "prefixes",
                        "input billed, %d workloads: %.4f x on average"
                                .formatted(count, costs / count),
                        "every prefix written once and read by all others",
                        costMax,
                        new Aim.AtMost(1.03, 1.03, "x at worst"),
                        notes),
                new Finding(
                        "makespan",
                        "the time of the same, %.3f x on average, %.3f x at worst"
                                .formatted(times / count, timeMax),
                        "the same, had every prefix always been in the cache",
                        times / count,
                        new Aim.AtMost(1.02, smoke ? 1.3 : 1.05, "x on average"),
                        List.of()));
    }

    private static Night finished(ServiceConfig config, int inFlight, Job job) {
        var night = new Night(1, config, inFlight, NETWORK);
        night.submit("a", job);
        night.run();
        return night;
    }

    // Rate limits

    /** 10 a second, then 5, then 20, ten minutes each. */
    private List<Finding> limits(boolean told) {
        var limits =
                Limits.NONE
                        .withRequests(
                                PerMinute.of(600)
                                        .then(Duration.ofMinutes(10), 300)
                                        .then(Duration.ofMinutes(20), 1_200))
                        .withBurst(Duration.ofSeconds(2))
                        .withTold(told ? Limits.Told.EVERYTHING : Limits.Told.NOTHING);
        var config = ServiceConfig.INSTANT.withLatency(LATENCY).withLimits(limits);
        var night = new Night(1, config, 512, NETWORK);
        night.submit("a", new Workload(1).plain(40_000));
        night.run(Duration.ofMinutes(30));
        // What is sent in the last minute is not answered when the night ends.
        var taken = new int[29 * 60];
        int answered = 0;
        int refused = 0;
        for (var call : night.calls) {
            int second = (int) Duration.between(Night.START, call.sent()).toSeconds();
            if (call.ending() == Ending.ANSWERED && second < taken.length) {
                taken[second]++;
                answered++;
            } else if (call.ending() == Ending.REFUSED) {
                refused++;
            }
        }
        double allowed = 20 + 600 * 10 + 300 * 10 + 1_200.0 * 9;
        double use = 100 * answered / allowed;
        double waste = 100.0 * refused / (answered + refused);
        var name = told ? "told" : "untold";
        return List.of(
                new Finding(
                        name,
                        "%.1f %% of the limit used".formatted(use),
                        "10, 5 and 20 requests a second, which %s"
                                .formatted(told ? "headers tell" : "nothing tells"),
                        use,
                        new Aim.AtLeast(told ? 98 : 95, told ? 98 : 95, "%"),
                        List.of()),
                new Finding(
                        name,
                        "%.2f %% of the calls refused (429)".formatted(waste),
                        "",
                        waste,
                        new Aim.AtMost(told ? 0.2 : 1, told ? 0.2 : 1.2, "%"),
                        List.of()),
                new Finding(
                        name,
                        "%d s until a limit four times as large is used".formatted(found(taken)),
                        "",
                        found(taken),
                        new Aim.AtMost(10, 20, "s"),
                        List.of()));
    }

    /** Seconds from the last change on until nine tenths of the new limit are used. */
    private static int found(int[] taken) {
        for (int second = 20 * 60; second < taken.length - 5; second++) {
            int sum = 0;
            for (int i = second; i < second + 5; i++) {
                sum += taken[i];
            }
            if (sum >= 0.9 * 5 * 20) {
                return second - 20 * 60;
            }
        }
        return taken.length;
    }

    /** Buckets that hold little, and wake-ups and ways that take now less, now more. */
    private List<Finding> bursts() {
        var findings = new ArrayList<Finding>();
        var nobody = Duration.ofMillis(1);
        var many = Duration.ofMillis(10);
        // Who has none refused leaves 1 ms more than 20 between two calls, and uses 95.2 %.
        findings.addAll(burst(1, nobody, 94, 0.5));
        for (int burst : new int[] {10, 300, 3_000}) {
            findings.addAll(burst(burst, many, 98, 0.2));
        }
        return findings;
    }

    private List<Finding> burst(int calls, Duration networkMax, double usedMin, double refusedMax) {
        var length = Duration.ofMinutes(smoke ? 3 : 10);
        int perSecond = 50;
        var limits =
                Limits.NONE
                        .withRequests(PerMinute.of(60L * perSecond))
                        .withBurst(Duration.ofMillis(1_000L * calls / perSecond));
        var config =
                ServiceConfig.INSTANT
                        .withLatency(
                                new Latency(Duration.ofMillis(20), 0, Duration.ofMillis(1), 0.5))
                        .withLimits(limits);
        var jitter = Jitter.ofAMachineInUse(1, networkMax);
        var night = new Night(1, config, 256, Duration.ofMillis(1), jitter);
        double allowed = calls + perSecond * seconds(length);
        night.submit("a", new Workload(1).plain((int) allowed + 1_000));
        night.run(length);
        long answered =
                night.calls.stream().filter(call -> call.ending() == Ending.ANSWERED).count();
        long refused = night.calls.size() - answered;
        double use = 100 * answered / allowed;
        double waste = 100.0 * refused / night.calls.size();
        return List.of(
                new Finding(
                        "bursts",
                        "%.1f %% of the limit used, bursts of %,d".formatted(use, calls),
                        "%d requests a second, ways of up to %d ms more"
                                .formatted(perSecond, networkMax.toMillis()),
                        use,
                        new Aim.AtLeast(usedMin, usedMin, "%"),
                        List.of()),
                new Finding(
                        "bursts",
                        "%.2f %% of the calls refused (429)".formatted(waste),
                        "",
                        waste,
                        new Aim.AtMost(refusedMax, refusedMax, "%"),
                        List.of()));
    }

    // A bad time

    private List<Finding> brownOut() {
        var config =
                ServiceConfig.INSTANT
                        .withLatency(LATENCY)
                        .withBrownOuts(
                                BrownOut.failing(
                                        Duration.ofSeconds(60),
                                        Duration.ofSeconds(120),
                                        0.3,
                                        ErrorType.API_ERROR));
        int requests = 4_000;
        double attempts = 0;
        int lost = 0;
        int recovery = 0;
        int seeds = 5;
        for (int seed = 1; seed <= seeds; seed++) {
            var night = new Night(seed, config, 64, NETWORK);
            night.submit("a", new Workload(seed).plain(requests));
            night.run();
            attempts += (double) night.calls.size() / requests / seeds;
            lost += night.failedResults + night.expiredResults + requests - night.results;
            recovery = Math.max(recovery, recovery(night));
        }
        return List.of(
                new Finding(
                        "brownout",
                        "%.3f attempts a request, %d requests lost".formatted(attempts, lost),
                        "30 % of the calls fail for a minute",
                        lost == 0 ? attempts : Double.POSITIVE_INFINITY,
                        new Aim.AtMost(1.05, 1.05, "attempts"),
                        List.of()),
                new Finding(
                        "recovery",
                        "%d s after its end all places are taken again, at worst of %d"
                                .formatted(recovery, seeds),
                        "",
                        recovery,
                        new Aim.AtMost(15, 25, "s"),
                        List.of()));
    }

    /** Seconds from the end of the brown-out until nine of ten places are in use. */
    private static int recovery(Night night) {
        for (int second = 120; second < 300; second++) {
            var at = Night.START.plusSeconds(second);
            long inFlight =
                    night.calls.stream()
                            .filter(call -> call.sent().isBefore(at) && call.ended().isAfter(at))
                            .count();
            if (inFlight >= 0.9 * 64) {
                return second - 120;
            }
        }
        return 300;
    }

    // Interactive calls beside batches

    private List<Finding> interactive() {
        int places = 64;
        var length = Duration.ofMinutes(smoke ? 10 : 30);
        var config =
                ServiceConfig.INSTANT.withLatency(LATENCY).withCapacity(Capacity.queueing(places));
        var alone = new Night(1, config, places, NETWORK);
        var quiet = tookMillis(alone, length);
        var beside = new Night(1, config, places, NETWORK);
        beside.submit("a", new Workload(9).plain(60_000));
        var busy = tookMillis(beside, length);
        double quietP99 = percentile99(quiet);
        double busyP99 = percentile99(busy);
        double more = 100 * (busyP99 / quietP99 - 1);
        double whole = places * (double) length.toMillis();
        double idle = whole - quiet.stream().mapToDouble(Long::doubleValue).sum();
        double harvested =
                beside.calls.stream()
                        .mapToDouble(call -> Duration.between(call.sent(), call.ended()).toMillis())
                        .sum();
        return List.of(
                new Finding(
                        "first",
                        "p99 of interactive calls %.1f s beside batches".formatted(busyP99 / 1000),
                        "%.1f s alone".formatted(quietP99 / 1000),
                        more,
                        new Aim.AtMost(5, 10, "% more"),
                        List.of()),
                new Finding(
                        "harvest",
                        "%.1f %% of the capacity that interactive calls leave"
                                .formatted(100 * harvested / idle),
                        "",
                        100 * harvested / idle,
                        new Aim.AtLeast(90, 85, "%"),
                        List.of()));
    }

    /** Two calls a second, at random times. */
    private static List<Long> tookMillis(Night night, Duration length) {
        var random = new Random(7);
        var lengths = new Workload(7);
        var took = new ArrayList<Long>();
        double at = 0;
        while (at < seconds(length) - 30) {
            at -= Math.log(1 - random.nextDouble()) / 2;
            int outputTokens = lengths.outputTokens();
            long identity = random.nextLong();
            night.at(
                    Duration.ofMillis(Math.round(at * 1000)),
                    () ->
                            night.interactive(
                                    identity, Prompt.uncached(1_000), outputTokens, took::add));
        }
        night.run(length);
        return took;
    }

    private static double percentile99(List<Long> values) {
        return values.stream().sorted().skip(values.size() * 99L / 100).findFirst().orElseThrow();
    }

    // Keys

    private Finding fairness() {
        int keys = 50;
        var config = ServiceConfig.INSTANT.withLatency(LATENCY);
        var night = new Night(1, config, 256, NETWORK);
        var random = new Random(3);
        for (int key = 0; key < keys; key++) {
            night.submit("key" + key, new Workload(key).plain(2_000 + 1_000 * random.nextInt(20)));
        }
        night.run(Duration.ofMinutes(5));
        var tokens = new HashMap<String, Double>();
        for (var call : night.calls) {
            tokens.merge(call.key().value(), (double) call.tokens(), Double::sum);
        }
        double sum = tokens.values().stream().mapToDouble(Double::doubleValue).sum();
        double squares = tokens.values().stream().mapToDouble(x -> x * x).sum();
        double jain = sum * sum / (keys * squares);
        return new Finding(
                "shares",
                "Jain's index %.4f over %d keys with batches of different sizes"
                        .formatted(jain, keys),
                "1, the same for all",
                jain,
                new Aim.AtLeast(0.99, 0.99, "x"),
                List.of());
    }

    // Deadlines

    private Finding deadlines() {
        int days = smoke ? 1 : 10;
        int perMinute = 120;
        var config =
                ServiceConfig.INSTANT
                        .withLatency(Latency.of(Duration.ofSeconds(1), Duration.ofMillis(10)))
                        .withLimits(
                                Limits.NONE
                                        .withRequests(PerMinute.of(perMinute))
                                        .withBurst(Duration.ofSeconds(10)));
        var night = new Night(1, config, 64, NETWORK);
        var random = new Random(1);
        double meanSize = 100 * Math.exp(1.2 * 1.2 / 2);
        double perSecond = 0.95 * perMinute / 60 / meanSize;
        double at = 0;
        int batches = 0;
        while (at < days * 86_400.0) {
            at -= Math.log(1 - random.nextDouble()) / perSecond;
            int size = (int) Math.max(1, Math.round(100 * Math.exp(1.2 * random.nextGaussian())));
            var key = "key" + random.nextInt(20);
            long seed = batches++;
            night.at(
                    Duration.ofMillis(Math.round(at * 1000)),
                    () -> night.submit(key, new Workload(seed).plain(size)));
        }
        night.run(Duration.ofDays(days + 1));
        return new Finding(
                "deadlines",
                "%,d requests of %,d batches expired, %,d results"
                        .formatted(night.expiredResults, batches, night.results),
                "95 %% of what %d requests a minute allow".formatted(perMinute),
                night.expiredResults,
                new Aim.AtMost(0, 0, "missed"),
                List.of());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
