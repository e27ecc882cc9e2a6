package dev.nightmail.bench.restart;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.measure.Times;
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

/**
 * From the start of the process to its ready line, after a kill -9 with ten batches under way, all
 * but a few of whose requests are settled; beside a start on an empty folder. Under way is the
 * harder case: a batch that has ended is only looked up. In the end the few are answered, and every
 * result of every batch is read back and held against its request.
 */
public final class RestartBenchmark {

    private static final Aim AIM = new Aim.AtMost(2.0, 60, "s");
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Requests of each batch that the upstream never answers, so that it is still under way. */
    private static final int HELD = 10;

    private final Workbench bench;
    private final Scale scale;
    private final Workload workload;
    private final Path data;
    private final URI upstream;
    private final List<String> batches = new ArrayList<>();
    private final Times restarts = new Times();
    private final Times emptyStarts = new Times();

    private RestartBenchmark(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        this.bench = bench;
        this.scale = scale;
        this.workload = new Workload(scale.requestsBeforeRestart(), HELD);
        this.data = bench.dataFolder();
        this.upstream = bench.startUpstream();
    }

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        return List.of(new RestartBenchmark(bench, scale).run());
    }

    private Finding run() throws IOException, InterruptedException {
        stopOnceProperly();
        settleAllButTheHeld();
        for (int round = 0; round < scale.rounds(); round++) {
            emptyStarts.add(startOnEmptyFolder());
            var server = start(Manner.HOLDING);
            restarts.add(server.readyAfter());
            try (var api = new BatchApi(server)) {
                awaitOnlyTheHeldLeft(api);
            }
            server.process().kill();
        }
        var last = start(Manner.ANSWERING);
        try (var api = new BatchApi(last)) {
            for (var id : batches) {
                api.await(id, BatchApi.Batch::hasEnded, PATIENCE);
                api.requireEveryResultJoined(id, workload);
            }
        }
        return finding(last);
    }

    /** As any server in use was stopped once: that leaves an archive of its classes behind. */
    private void stopOnceProperly() throws IOException, InterruptedException {
        bench.startServer(bench.dataFolder(), scale.heapMaxAtRestart(), upstream, Manner.HOLDING)
                .process()
                .close();
    }

    private void settleAllButTheHeld() throws IOException, InterruptedException {
        var body = bench.folder().resolve("body.json");
        workload.writeTo(body);
        var server = start(Manner.HOLDING);
        try (var api = new BatchApi(server)) {
            for (int i = 0; i < Scale.BATCHES_BEFORE_RESTART; i++) {
                batches.add(api.create(body).id());
            }
            awaitOnlyTheHeldLeft(api);
        }
        server.process().kill();
        Files.delete(body);
    }

    private Server start(Manner manner) throws IOException, InterruptedException {
        return bench.startServer(data, scale.heapMaxAtRestart(), upstream, manner);
    }

    private Duration startOnEmptyFolder() throws IOException, InterruptedException {
        var server =
                bench.startServer(
                        bench.dataFolder(), scale.heapMaxAtRestart(), upstream, Manner.HOLDING);
        server.process().kill();
        return server.readyAfter();
    }

    private void awaitOnlyTheHeldLeft(BatchApi api) throws InterruptedException {
        for (var id : batches) {
            var batch = api.await(id, seen -> seen.processing() <= HELD, PATIENCE);
            if (batch.processing() != HELD || batch.succeeded() != workload.requests() - HELD) {
                throw new BenchmarkFailure(
                        "expected all but %d to be settled: %s".formatted(HELD, batch));
            }
        }
    }

    private Finding finding(Server last) {
        return new Finding(
                "restart",
                "%.2f s to ready after kill -9 with %,d settled results in %d batches under way"
                        .formatted(
                                restarts.medianSeconds(),
                                (workload.requests() - HELD) * batches.size(),
                                batches.size()),
                "%.2f s on an empty folder".formatted(emptyStarts.medianSeconds()),
                restarts.medianSeconds(),
                AIM,
                List.of(
                        "runs: restart " + restarts + "; empty folder " + emptyStarts,
                        "joined: all %,d results of each of %d batches after %d kills, once, each with the answer to its own request"
                                .formatted(workload.requests(), batches.size(), scale.rounds() + 1),
                        "server: peak memory %s at -Xmx%s"
                                .formatted(
                                        last.process().residentMax(), scale.heapMaxAtRestart())));
    }
}
