package dev.nightmail.bench.drain;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Bytes;
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
    private static final Aim MEMORY = new Aim.AtMost(512, 768, "MB");
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Times drains = new Times();
    private final Times loops = new Times();
    private final Times cpu = new Times();

    private DrainBenchmark() {}

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        return new DrainBenchmark().measure(bench, scale);
    }

    private List<Finding> measure(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        var workload = Workload.of(scale.requests());
        var body = bench.folder().resolve("body.json");
        workload.writeTo(body);
        var upstream = bench.startUpstream();
        var bareLoop = startBareLoop(bench, upstream);
        var server =
                bench.startServer(bench.dataFolder(), scale.heapMax(), upstream, Manner.ANSWERING);
        try (var api = new BatchApi(server)) {
            for (int round = 0; round < scale.rounds(); round++) {
                loops.add(loop(bareLoop, workload));
                var id = api.create(body).id();
                var cpuBefore = server.process().cpu();
                drains.time(() -> api.await(id, BatchApi.Batch::hasEnded, PATIENCE));
                cpu.add(server.process().cpu().minus(cpuBefore));
                api.requireEveryResultJoined(id, workload);
                api.delete(id);
            }
        }
        return List.of(
                drained(scale),
                processorTime(scale),
                memory(scale, server.process().residentMax()));
    }

    private Finding drained(Scale scale) {
        double perSecond = scale.requests() / drains.medianSeconds();
        double bare = scale.requests() / loops.medianSeconds();
        return new Finding(
                "drain",
                "%,.0f requests/s settled and durable, %,d in %.2f s, %d in flight"
                        .formatted(
                                perSecond,
                                scale.requests(),
                                drains.medianSeconds(),
                                Workbench.IN_FLIGHT),
                "%,.0f calls/s in a bare loop".formatted(bare),
                perSecond / bare,
                RATIO,
                List.of(
                        "runs: drain " + drains + "; bare loop " + loops,
                        "joined: all %,d results of each of %d batches, once, each with the answer to its own request"
                                .formatted(scale.requests(), scale.rounds())));
    }

    private Finding processorTime(Scale scale) {
        double per10k = cpu.medianSeconds() * 10_000 / scale.requests();
        return new Finding(
                "cpu",
                "%.2f s of the server per 10,000 requests drained".formatted(per10k),
                "",
                per10k,
                CPU,
                List.of("runs: " + cpu + " for %,d each".formatted(scale.requests())));
    }

    private static Finding memory(Scale scale, Bytes peak) {
        return new Finding(
                "memory",
                "%s resident at most, at -Xmx%s".formatted(peak, scale.heapMax()),
                "",
                peak.megabytes(),
                MEMORY,
                List.of());
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
