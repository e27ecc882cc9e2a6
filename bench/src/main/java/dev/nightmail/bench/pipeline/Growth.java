package dev.nightmail.bench.pipeline;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.PipelineScale;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Bytes;
import dev.nightmail.bench.process.Server;
import dev.nightmail.bench.process.Workbench;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Whether a record among millions costs what one among a hundred thousand does. */
final class Growth {

    private static final Aim COST = new Aim.AtMost(1.1, 20, "x");
    private static final Aim MEMORY = new Aim.AtMost(1.1, 5, "x");

    private final Workbench bench;
    private final Server server;
    private final BatchApi api;
    private final PipelineScale sizes;
    private final Rows rows;

    private record Outcome(Duration took, Bytes residentMax) {}

    Growth(Workbench bench, Server server, BatchApi api, PipelineScale sizes, Rows rows) {
        this.bench = bench;
        this.server = server;
        this.api = api;
        this.sizes = sizes;
        this.rows = rows;
    }

    void measure() throws IOException, InterruptedException {
        rows.measure(
                this::compare, new Rows.Missed("growth", COST), new Rows.Missed("memory", MEMORY));
    }

    private void compare() throws IOException, InterruptedException {
        var times = new Times();
        var few = run(sizes.few());
        times.add(few.took());
        for (int round = 1; round < sizes.rounds(); round++) {
            times.add(run(sizes.few()).took());
        }
        var many = run(sizes.many());
        rows.add(cost(times, many));
        rows.add(memory(few, many));
    }

    private Outcome run(int records) throws IOException, InterruptedException {
        var pipeline = PipelineFolder.write(bench, "growth", Letters.of(records));
        var run = pipeline.start(server);
        try (var footprint = Footprint.of(pipeline, run.process())) {
            var ended = run.end();
            pipeline.requireEveryAnswer(records);
            ended.deleteBatches(api);
            return new Outcome(ended.took(), footprint.residentMax());
        } finally {
            run.process().close();
            pipeline.remove();
        }
    }

    private Finding cost(Times few, Outcome many) {
        double one = few.medianSeconds() / sizes.few();
        double other = Times.seconds(many.took()) / sizes.many();
        return new Finding(
                "growth",
                "%.0f microseconds a record, %,d in %.1f s"
                        .formatted(1e6 * other, sizes.many(), Times.seconds(many.took())),
                "%.0f microseconds, %,d in %.1f s"
                        .formatted(1e6 * one, sizes.few(), few.medianSeconds()),
                other / one,
                COST,
                List.of("runs: few " + few));
    }

    private Finding memory(Outcome few, Outcome many) {
        return new Finding(
                "memory",
                "%s resident at most with %,d records, at %s"
                        .formatted(many.residentMax(), sizes.many(), PipelineFolder.HEAP),
                "%s with %,d".formatted(few.residentMax(), sizes.few()),
                many.residentMax().megabytes() / few.residentMax().megabytes(),
                MEMORY,
                List.of());
    }
}
