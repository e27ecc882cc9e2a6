package dev.nightmail.bench.drain;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Child;
import dev.nightmail.bench.process.Workbench;
import dev.nightmail.bench.upstream.Manner;
import dev.nightmail.bench.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * From the 200 of a create call until the batch has ended, on an upstream that answers at once;
 * against the same HTTP client calling the same upstream in a bare loop, with as many calls in
 * flight. Afterwards every result is read back and held against its request.
 */
public final class DrainBenchmark {

    private static final Aim RATIO = new Aim.AtLeast(0.7, 0.1, "x");
    private static final Aim CPU = new Aim.AtMost(1.0, 20, "s");
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private DrainBenchmark() {}

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        var workload = Workload.of(scale.requests());
        var body = bench.folder().resolve("body.json");
        workload.writeTo(body);
        var upstream = bench.startUpstream();
        var bareLoop = startBareLoop(bench, upstream);
        var server = bench.startServer(bench.dataFolder(), "256m", upstream, Manner.ANSWERING);
        var drains = new Times();
        var loops = new Times();
        var cpu = new Times();
        try (var api = new BatchApi(server)) {
            for (int round = 0; round < scale.rounds(); round++) {
                loops.add(loop(bareLoop, workload));
                var batch = api.create(body);
                var cpuBefore = server.process().cpu();
                drains.time(() -> api.await(batch.id(), BatchApi.Batch::hasEnded, PATIENCE));
                cpu.add(server.process().cpu().minus(cpuBefore));
                api.requireEveryResultJoined(batch.id(), workload);
                api.delete(batch.id());
            }
        }
        double perSecond = scale.requests() / drains.medianSeconds();
        double bare = scale.requests() / loops.medianSeconds();
        double cpuPer10k = cpu.medianSeconds() * 10_000 / scale.requests();
        return List.of(
                new Finding(
                        "drain",
                        "%,.0f requests/s, settled and durable, %,d of 2.5 KB in %.2f s, %d in flight (first of a fresh process: %.2f s)"
                                .formatted(
                                        perSecond,
                                        scale.requests(),
                                        drains.medianSeconds(),
                                        Workbench.IN_FLIGHT,
                                        Times.seconds(drains.runs().getFirst())),
                        "%,.0f calls/s in a bare loop".formatted(bare),
                        perSecond / bare,
                        RATIO,
                        List.of(
                                "joined: all %,d results of each of %d batches, once, with the answer to their own request"
                                        .formatted(scale.requests(), scale.rounds()),
                                "server: peak memory "
                                        + server.process().residentMax()
                                        + " at -Xmx256m")),
                new Finding(
                        "cpu",
                        "%.2f s of the server per 10,000 requests drained".formatted(cpuPer10k),
                        "",
                        cpuPer10k,
                        CPU,
                        List.of()));
    }

    private static Child startBareLoop(Workbench bench, URI upstream)
            throws IOException, InterruptedException {
        var child =
                bench.startJava(
                        "bare-loop",
                        BareLoopMain.class,
                        List.of("-Xmx256m"),
                        upstream + Manner.ANSWERING.path() + "/v1/messages",
                        Integer.toString(Workbench.IN_FLIGHT));
        child.awaitLine("ready", PATIENCE);
        return child;
    }

    private static Duration loop(Child bareLoop, Workload workload)
            throws IOException, InterruptedException {
        bareLoop.tell(Integer.toString(workload.requests()));
        return Duration.ofNanos(Long.parseLong(bareLoop.awaitLine(BareLoopMain.DONE, PATIENCE)));
    }
}
