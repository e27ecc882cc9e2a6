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
import java.nio.file.Files;
import java.util.List;

/**
 * From a CSV file to a Parquet file with every answer checked, against the server alone with the
 * same requests; then the runs that find nothing to do; then what lies on disk meanwhile.
 */
final class EndToEnd {

    private static final Aim RATIO = new Aim.AtMost(1.25, 500, "x");
    private static final Aim UNCHANGED = new Aim.AtMost(1.5, 60, "s");
    private static final Aim WORK = new Aim.AtMost(1.5, 1_000, "x");
    private static final int LONG_SYSTEM = 4_096;
    private static final double READ_PER_SECOND = 100_000;

    private final Workbench bench;
    private final Server server;
    private final BatchApi api;
    private final PipelineScale sizes;
    private final Rows rows;
    private final Letters letters;
    private final Aim touchedAim;
    private long resultBytes;

    EndToEnd(Workbench bench, Server server, BatchApi api, PipelineScale sizes, Rows rows) {
        this.bench = bench;
        this.server = server;
        this.api = api;
        this.sizes = sizes;
        this.rows = rows;
        this.letters = Letters.of(sizes.records());
        // A process has to start, however few records there are.
        this.touchedAim =
                new Aim.AtMost(Math.max(1.5, sizes.records() / READ_PER_SECOND), 120, "s");
    }

    void measure() throws IOException, InterruptedException {
        rows.measure(
                this::beside,
                new Rows.Missed("pipeline", RATIO),
                new Rows.Missed("resume", UNCHANGED),
                new Rows.Missed("touched", touchedAim));
        rows.measure(this::onDisk, new Rows.Missed("work", WORK));
    }

    private void beside() throws IOException, InterruptedException {
        var bodies = Files.createDirectory(bench.folder().resolve("bodies"));
        var alone = new ServerAlone(api, letters.writeBodies(bodies));
        var aloneTimes = new Times();
        var times = new Times();
        // The first batch of a process costs several times as much, for the compiler.
        alone.run();
        for (int round = 1; round <= sizes.rounds(); round++) {
            aloneTimes.add(alone.run());
            var pipeline = PipelineFolder.write(bench, "pipeline-" + round, letters);
            var ended = pipeline.run(server);
            times.add(ended.took());
            pipeline.requireEveryAnswer(letters.count());
            ended.deleteBatches(api);
            if (round == sizes.rounds()) {
                resultBytes = alone.resultBytes();
                rows.add(endToEnd(times, aloneTimes, alone, ended));
                bench.remove(bodies);
                resume(pipeline);
            }
            pipeline.remove();
        }
    }

    private Finding endToEnd(
            Times times, Times aloneTimes, ServerAlone alone, PipelineRun.Ended last)
            throws IOException {
        return new Finding(
                "pipeline",
                "%,d records from CSV to Parquet in %.2f s, %,.0f records/s"
                        .formatted(
                                letters.count(),
                                times.medianSeconds(),
                                letters.count() / times.medianSeconds()),
                "%.2f s of the server alone".formatted(aloneTimes.medianSeconds()),
                times.medianSeconds() / aloneTimes.medianSeconds(),
                RATIO,
                List.of(
                        "runs: pipeline " + times + "; server alone " + aloneTimes,
                        "bodies: %,d bytes in %d batches; alone %,d bytes"
                                .formatted(
                                        last.submittedBytes(),
                                        last.batches().size(),
                                        alone.bodyBytes()),
                        "joined: all %,d rows of each Parquet file, once, each with the answer to its own request"
                                .formatted(letters.count())));
    }

    private void resume(PipelineFolder pipeline) throws IOException, InterruptedException {
        var unchanged = new Times();
        var touched = new Times();
        for (int round = 0; round < sizes.rounds(); round++) {
            unchanged.add(pipeline.run(server).took());
            pipeline.touchSource();
            touched.add(pipeline.run(server).took());
        }
        rows.add(nothingToDo("resume", "unchanged", unchanged, UNCHANGED));
        rows.add(nothingToDo("touched", "touched, not changed", touched, touchedAim));
    }

    private Finding nothingToDo(String name, String source, Times times, Aim aim) {
        return new Finding(
                name,
                "%.2f s for a run with nothing to do, %,d records, source %s"
                        .formatted(times.medianSeconds(), letters.count(), source),
                "",
                times.medianSeconds(),
                aim,
                List.of("runs: " + times));
    }

    private void onDisk() throws IOException, InterruptedException {
        var pipeline = PipelineFolder.write(bench, "on-disk", letters.withSystem(LONG_SYSTEM));
        var run = pipeline.start(server);
        try (var footprint = Footprint.of(pipeline, run.process())) {
            var ended = run.end();
            rows.add(work(footprint.workMax(), new Bytes(pipeline.sourceBytes() + resultBytes)));
            ended.deleteBatches(api);
        } finally {
            run.process().close();
            pipeline.remove();
        }
    }

    private Finding work(Bytes work, Bytes data) {
        return new Finding(
                "work",
                "%s of state and work files at most, %,d records with a system prompt of 4 KB"
                        .formatted(work, letters.count()),
                "%s of source and results".formatted(data),
                (double) work.count() / data.count(),
                WORK,
                List.of());
    }
}
