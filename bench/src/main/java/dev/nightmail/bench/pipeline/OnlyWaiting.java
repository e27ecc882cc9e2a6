package dev.nightmail.bench.pipeline;

import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.PipelineScale;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Server;
import dev.nightmail.bench.process.Workbench;
import dev.nightmail.bench.upstream.Manner;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Pipelines whose batches never end: how soon the first is submitted, what it takes to cut one, and
 * what a look at those under way costs.
 */
final class OnlyWaiting {

    private static final Aim FIRST = new Aim.AtMost(10, 60, "s");
    private static final Aim SAME = new Aim.AtMost(1.25, 50, "x");

    /** What a pipeline has under way at most. */
    private static final int OPEN_REQUESTS_MAX = 1_600_000;

    /** In steps of this the system counts processor time: less of it is not seen. */
    private static final Duration TICK = Duration.ofMillis(10);

    /** Looks at the batches before the cost of a look is taken. */
    private static final int UNMEASURED_LOOKS = 3;

    private final Workbench bench;
    private final Server server;
    private final PipelineScale sizes;
    private final Rows rows;

    /**
     * @param first until the first batch was submitted
     * @param cutNanos processor time for each request that was cut
     * @param lookNanos processor time for a look at all batches, and what comes with it
     * @param batches under way
     */
    private record Seen(Duration first, double cutNanos, double lookNanos, int batches) {
        private double lookAtOneNanos() {
            return lookNanos / batches;
        }
    }

    private OnlyWaiting(Workbench bench, Server server, PipelineScale sizes, Rows rows) {
        this.bench = bench;
        this.server = server;
        this.sizes = sizes;
        this.rows = rows;
    }

    /** Measures on a server of its own, which is full of them in the end. */
    static void measure(Workbench bench, URI upstream, PipelineScale sizes, Rows rows)
            throws IOException, InterruptedException {
        var server = bench.startServer(bench.dataFolder(), "512m", upstream, Manner.NEVER);
        new OnlyWaiting(bench, server, sizes, rows).measure();
        server.process().kill();
    }

    private void measure() throws IOException, InterruptedException {
        rows.measure(
                () ->
                        rows.add(
                                first(
                                        "first",
                                        sizes.records(),
                                        seen(sizes.records(), true).first())),
                new Rows.Missed("first", FIRST));
        rows.measure(
                this::compare,
                new Rows.Missed("first-5x", FIRST),
                new Rows.Missed("poll", SAME),
                new Rows.Missed("cut", SAME));
    }

    private void compare() throws IOException, InterruptedException {
        var many = seen(sizes.many(), false);
        rows.add(first("first-5x", sizes.many(), many.first()));
        var fewest = seen(sizes.fewest(), false);
        rows.add(poll(fewest, many));
        rows.add(cut(fewest, many));
    }

    private Finding first(String name, int records, Duration after) {
        return new Finding(
                name,
                "%.2f s from the start of the process to its first batch, of %,d records"
                        .formatted(Times.seconds(after), records),
                "",
                Times.seconds(after),
                FIRST,
                List.of());
    }

    private Finding poll(Seen fewest, Seen many) {
        return new Finding(
                "poll",
                "%.2f ms of processor time for a look at one batch, of %,d records"
                        .formatted(many.lookAtOneNanos() / 1e6, sizes.many()),
                "%.2f ms of %,d records".formatted(fewest.lookAtOneNanos() / 1e6, sizes.fewest()),
                many.lookAtOneNanos() / fewest.lookAtOneNanos(),
                SAME,
                List.of(
                        "%.2f ms for all %d batches, %.2f ms for all %d"
                                .formatted(
                                        many.lookNanos() / 1e6,
                                        many.batches(),
                                        fewest.lookNanos() / 1e6,
                                        fewest.batches())));
    }

    private Finding cut(Seen fewest, Seen many) {
        return new Finding(
                "cut",
                "%.1f microseconds of processor time to cut a request, of %,d records"
                        .formatted(many.cutNanos() / 1e3, sizes.many()),
                "%.1f microseconds of %,d records"
                        .formatted(fewest.cutNanos() / 1e3, sizes.fewest()),
                many.cutNanos() / fewest.cutNanos(),
                SAME,
                List.of());
    }

    private Seen seen(int records, boolean onlyFirst) throws IOException, InterruptedException {
        var pipeline = PipelineFolder.write(bench, "waiting", Letters.of(records));
        var run = pipeline.start(server);
        try {
            return onlyFirst
                    ? new Seen(run.await("batch_submitted").after(), 0, 0, 1)
                    : watch(run, records);
        } finally {
            run.process().kill();
            pipeline.remove();
        }
    }

    private Seen watch(PipelineRun run, int records) throws InterruptedException {
        var waiting = new Waiting(records);
        while (!waiting.isAllSubmitted()) {
            waiting.take(next(run), run.process().cpuOfThreads());
        }
        for (int look = 0; look < UNMEASURED_LOOKS; look++) {
            run.await("progress");
        }
        var cpu = run.process().cpuOfThreads();
        var end = run.passed().plus(sizes.watch());
        int looks = 0;
        while (run.passed().compareTo(end) < 0) {
            run.await("progress");
            looks++;
        }
        var used = run.process().cpuOfThreads().minus(cpu);
        return new Seen(
                waiting.first,
                waiting.cutNanos(),
                (double) used.toNanos() / looks,
                waiting.batches);
    }

    private static PipelineRun.Event next(PipelineRun run) throws InterruptedException {
        return run.next()
                .orElseThrow(() ->
                        new BenchmarkFailure(
                                "the pipeline ended though its batches are under way"));
    }

    /** Adds up what it takes to submit all that may be under way. */
    private static final class Waiting {
        private final int wanted;
        private Duration first = Duration.ZERO;
        private Duration cpuBefore = Duration.ZERO;
        private Duration cutting = Duration.ZERO;
        private long cut;
        private long submitted;
        private int batches;

        Waiting(int records) {
            this.wanted = Math.min(records, OPEN_REQUESTS_MAX);
        }

        boolean isAllSubmitted() {
            return submitted >= wanted;
        }

        void take(PipelineRun.Event event, Duration cpu) {
            if (event.is("batch_intended")) {
                cutting = cutting.plus(cpu.minus(cpuBefore));
                cut += event.json().path("requests").asLong();
            } else if (event.is("batch_submitted")) {
                first = batches == 0 ? event.after() : first;
                submitted += event.json().path("requests").asLong();
                batches++;
            }
            // Cutting follows the plan, or the batch before.
            cpuBefore = cpu;
        }

        double cutNanos() {
            return (double) Math.max(cutting.toNanos(), TICK.toNanos()) / Math.max(1, cut);
        }
    }
}
