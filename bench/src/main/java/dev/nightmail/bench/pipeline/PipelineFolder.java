package dev.nightmail.bench.pipeline;

import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.process.Server;
import dev.nightmail.bench.process.Workbench;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A pipeline of a user: its files, and the program that runs it. */
record PipelineFolder(Workbench bench, Path folder) {

    static final String HEAP = "-Xmx512m";
    static final String PARQUET_SINK = "{ file: letters.parquet }";

    private static final String CSV = "letters.csv";
    private static final String PARQUET = "letters.parquet";
    private static final String SQL_SOURCE = "{ sql: \"select id, text from 'letters.csv'\" }";
    private static final String TEMPORARY = "tmp";

    /** What is neither the state of a pipeline nor its work. */
    private static final Set<String> OTHERS =
            Set.of(
                    CSV,
                    PARQUET,
                    "letters.yaml",
                    "letter.schema.json",
                    "failed.jsonl",
                    "report.html");

    /** From a CSV file to a Parquet file. */
    static PipelineFolder write(Workbench bench, String name, Letters letters) throws IOException {
        var pipeline = write(bench, name, letters.system(), SQL_SOURCE, PARQUET_SINK);
        letters.writeCsv(pipeline.folder().resolve(CSV));
        return pipeline;
    }

    /** From anywhere to anywhere. */
    static PipelineFolder write(
            Workbench bench, String name, String system, String source, String sink)
            throws IOException {
        var folder = Files.createDirectory(bench.folder().resolve(name));
        Files.createDirectory(folder.resolve(TEMPORARY));
        Files.writeString(folder.resolve("letter.schema.json"), Letters.SCHEMA);
        Files.writeString(
                folder.resolve("letters.yaml"),
                """
                name: letters
                source: %s
                model: %s
                max_tokens: %d
                system: { text: "%s" }
                prompt: '%s'
                output: { schema: letter.schema.json }
                sink: %s
                """
                        .formatted(
                                source,
                                Letters.MODEL,
                                Letters.TOKENS_MAX,
                                system,
                                Letters.PROMPT,
                                sink));
        return new PipelineFolder(bench, folder);
    }

    /** Starts {@code nightmail run}, whose files of a moment come into this folder, too. */
    PipelineRun start(Server server, String... more) throws IOException {
        var command = new ArrayList<String>();
        command.add(bench.home().resolve("nightmail").toString());
        command.addAll(List.of("run", folder.resolve("letters.yaml").toString()));
        command.addAll(List.of("--endpoint", server.url().toString(), "--yes", "--json"));
        command.addAll(List.of(more));
        var options = HEAP + " -Djava.io.tmpdir=" + folder.resolve(TEMPORARY);
        var started = System.nanoTime();
        var child = bench.start("pipeline", command, Map.of("NIGHTMAIL_JAVA_OPTS", options));
        return new PipelineRun(child, started);
    }

    /**
     * Runs it from its start to its end, however often it needs to wait.
     *
     * @throws BenchmarkFailure if its end is no success
     */
    PipelineRun.Ended run(Server server, String... more) throws IOException, InterruptedException {
        return start(server, more).end();
    }

    long sourceBytes() throws IOException {
        return Files.size(folder.resolve(CSV));
    }

    /** Changes nothing in the source, and lets it look changed. */
    void touchSource() throws IOException {
        Files.setLastModifiedTime(folder.resolve(CSV), FileTime.from(Instant.now()));
    }

    /** Bytes of all files that the pipeline has made for itself, as far as they have names. */
    long workBytes() {
        return bytes(folder);
    }

    private static long bytes(Path folder) {
        long bytes = 0;
        var files = folder.toFile().listFiles();
        // Files come and go meanwhile: one that is gone counts nothing.
        for (var file : files == null ? new File[0] : files) {
            if (file.isDirectory()) {
                bytes += bytes(file.toPath());
            } else if (!OTHERS.contains(file.getName()) && !file.getName().contains(PARQUET)) {
                bytes += file.length();
            }
        }
        return bytes;
    }

    /**
     * Reads the Parquet file back.
     *
     * @throws BenchmarkFailure if it does not have each record once, with the answer to its own
     *     request
     */
    void requireEveryAnswer(int records) {
        var query =
                "select count(*), count(distinct id), count(*) filter (cast(id as bigint) = number) from '%s'"
                        .formatted(folder.resolve(PARQUET));
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            if (rows.getLong(1) != records
                    || rows.getLong(2) != records
                    || rows.getLong(3) != records) {
                throw new BenchmarkFailure(
                        "of %,d records %,d rows are in the Parquet file, %,d of different records, %,d with the right answer"
                                .formatted(
                                        records,
                                        rows.getLong(1),
                                        rows.getLong(2),
                                        rows.getLong(3)));
            }
        } catch (SQLException e) {
            throw new BenchmarkFailure("the Parquet file cannot be read: " + e.getMessage());
        }
    }

    void remove() {
        bench.remove(folder);
    }
}
