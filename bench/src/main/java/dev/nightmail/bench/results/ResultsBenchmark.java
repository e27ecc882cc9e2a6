package dev.nightmail.bench.results;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.http.Wire;
import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Bytes;
import dev.nightmail.bench.process.Workbench;
import dev.nightmail.bench.upstream.Manner;
import dev.nightmail.bench.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/**
 * The download of all results of a batch, by one client that drops them; against the bare file,
 * given out by a server that can do nothing else.
 */
public final class ResultsBenchmark {

    private static final Aim AIM = new Aim.AtLeast(0.45, 0.02, "x");
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** A download takes a blink: many of them make a steadier median. */
    private static final int DOWNLOADS_PER_ROUND = 4;

    private ResultsBenchmark() {}

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        var workload = Workload.of(scale.requests());
        var body = bench.folder().resolve("body.json");
        workload.writeTo(body);
        var data = bench.dataFolder();
        var server =
                bench.startServer(data, scale.heapMax(), bench.startUpstream(), Manner.ANSWERING);
        try (var api = new BatchApi(server)) {
            var id = api.create(body).id();
            api.await(id, BatchApi.Batch::hasEnded, PATIENCE);
            api.requireEveryResultJoined(id, workload);
            var file = data.resolve("batches").resolve(id).resolve("results.jsonl");
            var bare = BareFileServer.start(bench, file);
            var ours = new Times();
            var theirs = new Times();
            for (int i = 0; i < scale.rounds() * DOWNLOADS_PER_ROUND; i++) {
                requireWhole(theirs.time(() -> Wire.get(bare.file())), Files.size(file));
                requireWhole(ours.time(() -> Wire.get(api.results(id))), Files.size(file));
            }
            var size = new Bytes(Files.size(file));
            return List.of(
                    new Finding(
                            "results",
                            "%,.0f MB/s, %s in %.3f s"
                                    .formatted(
                                            size.megabytes() / ours.medianSeconds(),
                                            size,
                                            ours.medianSeconds()),
                            "%,.0f MB/s by %s"
                                    .formatted(
                                            size.megabytes() / theirs.medianSeconds(), bare.name()),
                            theirs.medianSeconds() / ours.medianSeconds(),
                            AIM,
                            List.of(
                                    "runs: ours " + ours + "; bare " + theirs,
                                    "server: peak memory " + server.process().residentMax())));
        }
    }

    private static void requireWhole(long bytes, long expected) {
        if (bytes != expected) {
            throw new BenchmarkFailure(
                    "a download gave %,d bytes of %,d".formatted(bytes, expected));
        }
    }
}
