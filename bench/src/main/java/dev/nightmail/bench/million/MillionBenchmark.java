package dev.nightmail.bench.million;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Bytes;
import dev.nightmail.bench.process.LiveHeap;
import dev.nightmail.bench.process.Server;
import dev.nightmail.bench.process.Workbench;
import dev.nightmail.bench.upstream.Manner;
import dev.nightmail.bench.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Ten batches, handed in one after the other without waiting, from the first byte of the first
 * until the last has ended; against one such batch alone on the same server, before and after. So
 * what is compared is the price of a request among a million with that of one among a hundred
 * thousand. What the server keeps in memory is counted while they run and when they are done.
 */
public final class MillionBenchmark {

    private static final int BATCHES = 10;
    private static final Aim COST = new Aim.AtMost(1.1, 5, "x");
    private static final Aim FLAT = new Aim.AtMost(1.1, 2, "x");
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    /** The first batch of a process costs several times as much, for the compiler. */
    private static final int UNMEASURED = 2;

    private final Workload workload;
    private final Path body;
    private final Server server;
    private final BatchApi api;
    private final Times alone = new Times();
    private final Times aloneCpu = new Times();
    private final Times together = new Times();
    private final Times togetherCpu = new Times();
    private final List<Bytes> residentAtEnds = new ArrayList<>();

    private MillionBenchmark(Workload workload, Path body, Server server, BatchApi api) {
        this.workload = workload;
        this.body = body;
        this.server = server;
        this.api = api;
    }

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        var workload = Workload.of(scale.requestsOfTen());
        var body = bench.folder().resolve("body.json");
        workload.writeTo(body);
        var server =
                bench.startServer(
                        bench.dataFolder(),
                        scale.heapMaxForTen(),
                        bench.startUpstream(),
                        Manner.ANSWERING);
        try (var api = new BatchApi(server)) {
            return new MillionBenchmark(workload, body, server, api).measure(scale);
        }
    }

    private List<Finding> measure(Scale scale) throws IOException, InterruptedException {
        var unmeasured = new Times();
        for (int i = 0; i < UNMEASURED; i++) {
            alone(unmeasured, unmeasured);
        }
        alone(alone, aloneCpu);
        var liveAfterOne = LiveHeap.of(server.process());
        var liveWithTen = together();
        var liveAfterTen = LiveHeap.of(server.process());
        for (int i = 1; i < scale.rounds(); i++) {
            alone(alone, aloneCpu);
        }
        return List.of(cost(), memory(scale, liveAfterOne, liveWithTen, liveAfterTen));
    }

    private void alone(Times times, Times cpu) throws IOException, InterruptedException {
        var cpuBefore = server.process().cpu();
        var id = times.time(() -> ended(api.create(body).id()));
        cpu.add(server.process().cpu().minus(cpuBefore));
        checkAndDelete(id);
    }

    private String ended(String id) throws InterruptedException {
        api.await(id, BatchApi.Batch::hasEnded, PATIENCE);
        return id;
    }

    private void checkAndDelete(String id) throws IOException, InterruptedException {
        api.requireEveryResultJoined(id, workload);
        api.delete(id);
    }

    /**
     * @return what was alive on the heap when all ten were in and none, or hardly one, had ended
     */
    private Bytes together() throws IOException, InterruptedException {
        var ids = new ArrayList<String>();
        var live = new ArrayList<Bytes>();
        var cpuBefore = server.process().cpu();
        together.time(() -> {
            for (int i = 0; i < BATCHES; i++) {
                ids.add(api.create(body).id());
            }
            live.add(LiveHeap.of(server.process()));
            for (var id : ids) {
                ended(id);
                residentAtEnds.add(server.process().resident());
            }
            return ids;
        });
        togetherCpu.add(server.process().cpu().minus(cpuBefore));
        for (var id : ids) {
            checkAndDelete(id);
        }
        return live.getFirst();
    }

    private Finding cost() {
        int requests = workload.requests();
        double one = alone.medianSeconds() / requests;
        double ten = together.medianSeconds() / (BATCHES * requests);
        return new Finding(
                "million",
                "%.1f microseconds a request, %,d in %d batches in %.2f s, from create to end"
                        .formatted(
                                1e6 * ten, BATCHES * requests, BATCHES, together.medianSeconds()),
                "%.1f microseconds in one batch of %,d alone".formatted(1e6 * one, requests),
                ten / one,
                COST,
                List.of(
                        "runs: ten " + together + "; one " + alone,
                        "processor time per 10,000: ten %.2f s, one %.2f s"
                                .formatted(
                                        per10k(togetherCpu, BATCHES * requests),
                                        per10k(aloneCpu, requests)),
                        "joined: all %,d results of every batch, once, each with the answer to its own request"
                                .formatted(requests)));
    }

    private static double per10k(Times cpu, int requests) {
        return cpu.medianSeconds() * 10_000 / requests;
    }

    private Finding memory(Scale scale, Bytes afterOne, Bytes withTen, Bytes afterTen) {
        return new Finding(
                "memory",
                "%s alive on the heap after %d more batches".formatted(afterTen, BATCHES),
                "%s after the one before".formatted(afterOne),
                afterTen.megabytes() / afterOne.megabytes(),
                FLAT,
                List.of(
                        "with %d batches under way %s were alive".formatted(BATCHES, withTen),
                        "resident at -Xmx%s: %s at most; as each of the ten ended %s"
                                .formatted(
                                        scale.heapMaxForTen(),
                                        server.process().residentMax(),
                                        residentAtEnds)));
    }
}
