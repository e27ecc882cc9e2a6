package dev.nightmail.bench.soak;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Bytes;
import dev.nightmail.bench.process.Child;
import dev.nightmail.bench.process.LiveHeap;
import dev.nightmail.bench.process.Server;
import dev.nightmail.bench.process.Workbench;
import dev.nightmail.bench.upstream.Manner;
import dev.nightmail.bench.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One server with hostile upstreams, hostile clients and good ones, for a long time. It must not
 * die or be restarted, each good request must have its own right answer, no request may be tried
 * more often than is configured at anything that may cost, and what is alive on the heap must not
 * grow.
 */
public final class SoakBenchmark {

    private static final Aim HEAP_AIM = new Aim.AtMost(1.3, 3, "x");
    private static final Aim CALLS_AIM = new Aim.AtMost(1.0, 20, "s");
    private static final int ATTEMPTS_MAX = 5;
    private static final int IN_FLIGHT = 64;
    private static final Duration ANSWER_AFTER = Duration.ofMillis(20);
    private static final Workload GOOD_BATCH = Workload.of(500);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Workbench bench;
    private final Scale scale;
    private final Path data;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();

    private SoakBenchmark(Workbench bench, Scale scale) {
        this.bench = bench;
        this.scale = scale;
        this.data = bench.dataFolder();
    }

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        return new SoakBenchmark(bench, scale).run();
    }

    private List<Finding> run() throws IOException, InterruptedException {
        var goodKey = bench.createKey(data, "good");
        var hostileKey = bench.createKey(data, "hostile");
        var good = bench.startUpstream();
        var hostile = bench.startJava("hostile", HostileUpstreamMain.class, List.of("-Xmx256m"));
        var hostileUrl = hostile.awaitLine("ready at ", PATIENCE);
        var server =
                bench.startServer(data, scale.heapMaxAtSoak(), configuration(good, hostileUrl));
        var batches = new Times();
        try (var api = new BatchApi(server, goodKey);
                var calls = new GoodCalls(server, goodKey);
                var work = new HostileWork(server.url(), hostileKey);
                var plain = new HostileWork(server.url(), hostileKey);
                var streamed = new HostileWork(server.url(), hostileKey)) {
            goOn(Duration.ofMillis(200), () -> goodBatch(api, batches));
            goOn(Duration.ofMillis(100), calls::call);
            goOn(Duration.ofMillis(700), work::batch);
            goOn(Duration.ofMillis(150), () -> plain.call(false));
            goOn(Duration.ofMillis(150), () -> streamed.call(true));
            var target = new Attack.Target(server.url(), hostileKey);
            for (var attack : Attack.values()) {
                goOn(Duration.ofMillis(300), () -> attack.once(target));
            }
            var settled = soak(scale.soak().dividedBy(3), server);
            var end = soak(scale.soak().multipliedBy(2).dividedBy(3), server);
            over.set(true);
            for (var thread : threads) {
                thread.join();
            }
            throwFailure();
            server.process().requireAlive();
            return findings(server, hostile, batches, calls, settled, end);
        } finally {
            over.set(true);
            threads.forEach(Thread::interrupt);
        }
    }

    private Path configuration(URI good, String hostile) throws IOException {
        var file = bench.folder().resolve("soak.yaml");
        Files.writeString(
                file,
                """
                upstreams:
                  good: { url: "%1$s", calls-in-flight-max: %3$d }
                  hostile: { url: "%2$s", api-key: hostile-secret, calls-in-flight-max: %3$d }
                  strange: { protocol: openai, url: "%2$s/v1", calls-in-flight-max: %3$d }
                routes:
                  - { model: "hostile-*", upstream: hostile }
                  - { model: "strange-*", upstream: strange }
                  - { model: "*", upstream: good }
                limits: { call-timeout: 10s }
                retries: { attempts-max: %4$d }
                """
                        .formatted(
                                good + new Manner.Answering(ANSWER_AFTER).path(),
                                hostile,
                                IN_FLIGHT,
                                ATTEMPTS_MAX));
        return file;
    }

    private void goodBatch(BatchApi api, Times times) throws IOException, InterruptedException {
        var body = bench.folder().resolve("good.json");
        if (!Files.exists(body)) {
            GOOD_BATCH.writeTo(body);
        }
        var id = api.create(body).id();
        times.time(() -> api.await(id, BatchApi.Batch::hasEnded, PATIENCE));
        api.requireEveryResultJoined(id, GOOD_BATCH);
        api.delete(id);
    }

    private interface Doing {
        void once() throws IOException, InterruptedException;
    }

    /** Does it again and again until the end, with so much rest in between. */
    private void goOn(Duration rest, Doing doing) {
        threads.add(
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                while (!over.get()) {
                                    doing.once();
                                    LockSupport.parkNanos(rest.toNanos());
                                }
                            } catch (InterruptedException _) {
                                Thread.currentThread().interrupt();
                            } catch (IOException | RuntimeException e) {
                                failure.compareAndSet(null, e);
                            }
                        }));
    }

    /** Lets it all go on for so long. @return what was alive on the server's heap at the end */
    private Bytes soak(Duration length, Server server) throws IOException, InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        while (System.nanoTime() < end) {
            throwFailure();
            server.process().requireAlive();
            LockSupport.parkNanos(100_000_000);
        }
        return LiveHeap.of(server.process());
    }

    private void throwFailure() {
        var first = failure.get();
        if (first != null) {
            var told = new BenchmarkFailure("the soak: " + first.getMessage());
            told.initCause(first);
            throw told;
        }
    }

    private List<Finding> findings(
            Server server, Child hostile, Times batches, GoodCalls calls, Bytes settled, Bytes end)
            throws IOException, InterruptedException {
        hostile.tell("report");
        var report = hostile.awaitLine("report ", PATIENCE).split(" ", -1);
        int most = Integer.parseInt(report[1]);
        if (most > ATTEMPTS_MAX) {
            throw new BenchmarkFailure(
                    "a request was tried %d times at what may cost something, where %d are allowed"
                            .formatted(most, ATTEMPTS_MAX));
        }
        var slowest = calls.times().runs().stream().max(Duration::compareTo).orElse(Duration.ZERO);
        return List.of(
                new Finding(
                        "soak",
                        "%,d good calls, %.3f s at the median, the slowest"
                                .formatted(
                                        calls.times().runs().size(), calls.times().medianSeconds()),
                        "",
                        Times.seconds(slowest),
                        CALLS_AIM,
                        List.of(
                                "%,d good batches of %d, %.3f s at the median; %d calls were sent again for want of room"
                                        .formatted(
                                                batches.runs().size(),
                                                GOOD_BATCH.requests(),
                                                batches.medianSeconds(),
                                                calls.sentAgain()),
                                "%s calls at the hostile upstreams, %s requests with costly ones, %d of them at most for one"
                                        .formatted(report[0], report[2], most))),
                new Finding(
                        "heap",
                        end + " alive at the end of " + scale.soak(),
                        settled + " after a third of it",
                        (double) end.count() / settled.count(),
                        HEAP_AIM,
                        List.of(
                                "resident %s at most, -Xmx%s, no restart"
                                        .formatted(
                                                server.process().residentMax(),
                                                scale.heapMaxAtSoak()))));
    }
}
