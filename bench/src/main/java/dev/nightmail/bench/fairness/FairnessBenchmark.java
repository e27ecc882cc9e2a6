package dev.nightmail.bench.fairness;

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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A batch of ten requests, from its 200 to its end, behind a large one that has the upstream to
 * itself, of another key and of the same key; against the same on a server that has nothing else to
 * do. The upstream takes as long for a call as a fast model does, and bears few of them at once: so
 * what the large batch has in flight keeps it full.
 */
public final class FairnessBenchmark {

    private static final Aim AIM = new Aim.AtMost(2.0, 20, "x");
    private static final Duration ANSWER_AFTER = Duration.ofMillis(100);
    private static final int IN_FLIGHT = 64;
    private static final Workload SMALL = Workload.of(10);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Ten requests are done in a blink: many of them make a steadier median. */
    private static final int BATCHES_PER_ROUND = 4;

    private final Workbench bench;
    private final Scale scale;
    private final URI upstream;
    private final Path smallBody;
    private final Times behindAnother = new Times();
    private final Times behindOwn = new Times();
    private final Times idle = new Times();

    private FairnessBenchmark(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        this.bench = bench;
        this.scale = scale;
        this.upstream = bench.startUpstream();
        this.smallBody = bench.folder().resolve("small.json");
        SMALL.writeTo(smallBody);
    }

    public static List<Finding> run(Workbench bench, Scale scale)
            throws IOException, InterruptedException {
        return new FairnessBenchmark(bench, scale).run();
    }

    private List<Finding> run() throws IOException, InterruptedException {
        var busyData = bench.dataFolder();
        var keyOfLarge = bench.createKey(busyData, "a");
        var keyOfSmall = bench.createKey(busyData, "b");
        var busy = start(busyData);
        try (var large = new BatchApi(busy, keyOfLarge);
                var small = new BatchApi(busy, keyOfSmall);
                var alone = new BatchApi(start(bench.dataFolder()))) {
            var id = large.create(largeBody()).id();
            var unmeasured = new Times();
            for (int i = 0; i < BATCHES_PER_ROUND; i++) {
                run(alone, unmeasured);
                run(small, unmeasured);
                run(large, unmeasured);
            }
            for (int i = 0; i < scale.rounds() * BATCHES_PER_ROUND; i++) {
                run(alone, idle);
                run(small, behindAnother);
                run(large, behindOwn);
            }
            var left = large.show(id);
            if (left.processing() < IN_FLIGHT) {
                throw new BenchmarkFailure("the large batch was over too soon: " + left);
            }
            large.cancel(id);
            return List.of(
                    finding("fairness", "another key", behindAnother, left),
                    finding("own", "the same key", behindOwn, left));
        }
    }

    private Path largeBody() throws IOException {
        var body = bench.folder().resolve("large.json");
        Workload.of(scale.requests()).writeTo(body);
        return body;
    }

    private Server start(Path data) throws IOException, InterruptedException {
        return bench.startServer(
                data, scale.heapMax(), upstream, new Manner.Answering(ANSWER_AFTER), IN_FLIGHT);
    }

    private void run(BatchApi api, Times times) throws IOException, InterruptedException {
        var id = api.create(smallBody).id();
        times.time(() -> api.await(id, BatchApi.Batch::hasEnded, PATIENCE));
        api.requireEveryResultJoined(id, SMALL);
        api.delete(id);
    }

    private Finding finding(String name, String whose, Times behind, BatchApi.Batch left) {
        return new Finding(
                name,
                "%.3f s for ten requests behind %,d of %s"
                        .formatted(behind.medianSeconds(), scale.requests(), whose),
                "%.3f s on an idle server; %d ms a call, %d in flight"
                        .formatted(idle.medianSeconds(), ANSWER_AFTER.toMillis(), IN_FLIGHT),
                behind.medianSeconds() / idle.medianSeconds(),
                AIM,
                List.of(
                        "runs: behind " + behind + "; idle " + idle,
                        "the large batch had %,d still to be settled at the end"
                                .formatted(left.processing())));
    }
}
