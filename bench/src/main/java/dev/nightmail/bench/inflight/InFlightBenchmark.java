package dev.nightmail.bench.inflight;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Bytes;
import dev.nightmail.bench.process.OpenFiles;
import dev.nightmail.bench.process.Workbench;
import dev.nightmail.bench.upstream.Manner;
import dev.nightmail.bench.workload.Workload;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * From the 200 of a create call until the batch has ended, on an upstream that takes a second for
 * every call and bears any number of them; against the time it takes to have the requests answered
 * in waves, each of as many as may be in flight. Filling up at the beginning and running dry in the
 * end count against us.
 */
public final class InFlightBenchmark {

    private static final Aim RATIO = new Aim.AtLeast(0.9, 0.2, "x");
    private static final Aim MEMORY = new Aim.AtMost(1_000, 2_000, "MB");
    private static final Duration ANSWER_AFTER = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String HEAP_MAX = "704m";

    /** Files that a server has open beside the connections to its upstream, generously. */
    private static final int OTHER_FILES = 300;

    private final Times drains = new Times();
    private final Times cpu = new Times();

    private InFlightBenchmark() {}

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        OpenFiles.requireAtLeast(scale.inFlight() + OTHER_FILES);
        return new InFlightBenchmark().measure(bench, scale);
    }

    private List<Finding> measure(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        var workload = Workload.of(scale.requests());
        var body = bench.folder().resolve("body.json");
        workload.writeTo(body);
        var server =
                bench.startServer(
                        bench.dataFolder(),
                        HEAP_MAX,
                        bench.startUpstream(),
                        new Manner.Answering(ANSWER_AFTER),
                        scale.inFlight());
        try (var api = new BatchApi(server)) {
            for (int round = 0; round < scale.rounds(); round++) {
                var id = api.create(body).id();
                var cpuBefore = server.process().cpu();
                drains.time(() -> api.await(id, BatchApi.Batch::hasEnded, PATIENCE));
                cpu.add(server.process().cpu().minus(cpuBefore));
                api.requireEveryResultJoined(id, workload);
                api.delete(id);
            }
        }
        return List.of(rate(scale), memory(scale, server.process().residentMax()));
    }

    private Finding rate(Scale scale) {
        double ideal = scale.inFlight() / Times.seconds(ANSWER_AFTER);
        double perSecond = scale.requests() / drains.medianSeconds();
        return new Finding(
                "in-flight",
                "%,.0f requests/s settled and durable, %,d in %.2f s, %,d in flight"
                        .formatted(
                                perSecond,
                                scale.requests(),
                                drains.medianSeconds(),
                                scale.inFlight()),
                "%,.0f requests/s ideally, each answered after %d s"
                        .formatted(ideal, ANSWER_AFTER.toSeconds()),
                perSecond / ideal,
                RATIO,
                List.of(
                        "runs: " + drains,
                        "server: processor time %.2f s per 10,000 requests"
                                .formatted(cpu.medianSeconds() * 10_000 / scale.requests()),
                        "joined: all %,d results of each of %d batches, once, each with the answer to its own request"
                                .formatted(scale.requests(), scale.rounds())));
    }

    private static Finding memory(Scale scale, Bytes peak) {
        return new Finding(
                "memory",
                "%s resident at most with %,d calls in flight, at -Xmx%s"
                        .formatted(peak, scale.inFlight(), HEAP_MAX),
                "",
                peak.megabytes(),
                MEMORY,
                List.of());
    }
}
