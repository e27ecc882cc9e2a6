package dev.nightmail.bench.pipeline;

import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.PipelineScale;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Server;
import dev.nightmail.bench.process.Workbench;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Rows of PostgreSQL as records, and answers as rows. What the start of the program takes is
 * measured with a single row and not counted.
 */
final class Databases {

    private static final double READ_PER_SECOND = 50_000;
    private static final double WRITTEN_PER_SECOND = 20_000;

    private final Workbench bench;
    private final Server server;
    private final PipelineScale sizes;
    private final Rows rows;

    Databases(Workbench bench, Server server, PipelineScale sizes, Rows rows) {
        this.bench = bench;
        this.server = server;
        this.sizes = sizes;
        this.rows = rows;
    }

    void measure() throws IOException, InterruptedException {
        rows.measure(
                this::compare,
                new Rows.Missed("rows-in", aim(READ_PER_SECOND)),
                new Rows.Missed("rows-out", aim(WRITTEN_PER_SECOND)));
    }

    /** What the database itself does not do nobody can ask for. */
    private static Aim aim(double perSecond) {
        return new Aim.AtLeast(perSecond, 10, "rows/s");
    }

    private void compare() throws IOException, InterruptedException {
        try (var database = LetterDatabase.start(bench.folder().resolve("postgres"))) {
            database.fill(sizes.rows());
            read(database);
            write(database);
        } catch (SQLException e) {
            throw new BenchmarkFailure("PostgreSQL: " + e.getMessage());
        }
    }

    private void read(LetterDatabase database)
            throws IOException, InterruptedException, SQLException {
        var times = new Times();
        var starts = new Times();
        var limits = new Times();
        for (int round = 0; round < sizes.rounds(); round++) {
            limits.add(database.readAgain());
            starts.add(planned(database, 1));
            times.add(planned(database, sizes.rows()));
        }
        add(
                "rows-in",
                "read and planned",
                times,
                starts,
                limits,
                "read by plain JDBC",
                READ_PER_SECOND);
    }

    /** From the start to the end of a run that only plans. */
    private Duration planned(LetterDatabase database, int limit)
            throws IOException, InterruptedException {
        var pipeline =
                PipelineFolder.write(
                        bench,
                        "from-database",
                        Letters.BRIEF,
                        database.source(limit),
                        PipelineFolder.PARQUET_SINK);
        try {
            return pipeline.run(server, "--dry-run").took();
        } finally {
            pipeline.remove();
        }
    }

    private void write(LetterDatabase database)
            throws IOException, InterruptedException, SQLException {
        var pipeline =
                PipelineFolder.write(
                        bench,
                        "into-database",
                        Letters.BRIEF,
                        database.source(sizes.rows()),
                        database.sink());
        pipeline.run(server);
        database.requireEveryAnswer(sizes.rows());
        var times = new Times();
        var starts = new Times();
        var limits = new Times();
        for (int round = 0; round < sizes.rounds(); round++) {
            limits.add(database.upsertAgain());
            starts.add(pipeline.run(server).took());
            // A table that is new lacks everything, so all answers are delivered again.
            database.dropAnswers();
            times.add(pipeline.run(server).took());
            database.requireEveryAnswer(sizes.rows());
        }
        add(
                "rows-out",
                "upserted",
                times,
                starts,
                limits,
                "upserted by plain JDBC",
                WRITTEN_PER_SECOND);
        pipeline.remove();
    }

    /** Where the rows hardly show beside the start, it counts: noise is no speed. */
    private static double withoutStart(double seconds, double start) {
        double rest = seconds - start;
        return rest > start / 4 ? rest : seconds;
    }

    private void add(
            String name,
            String what,
            Times times,
            Times starts,
            Times limits,
            String limit,
            double aim) {
        double seconds = withoutStart(times.medianSeconds(), starts.medianSeconds());
        double perSecond = sizes.rows() / seconds;
        double limitPerSecond = sizes.rows() / limits.medianSeconds();
        rows.add(
                new Finding(
                        name,
                        "%,.0f rows/s %s, %,d in %.2f s"
                                .formatted(perSecond, what, sizes.rows(), seconds),
                        "%,.0f rows/s %s".formatted(limitPerSecond, limit),
                        perSecond,
                        aim(Math.min(aim, limitPerSecond)),
                        List.of(
                                "runs: %s; without rows %s; limit %s"
                                        .formatted(times, starts, limits))));
    }
}
