package dev.nightmail.pipeline.testing;

import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.Secret;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.PipelineRun;
import dev.nightmail.pipeline.run.ProgressListener;
import dev.nightmail.pipeline.run.RunOptions;
import dev.nightmail.pipeline.run.RunSummary;
import dev.nightmail.pipeline.state.FormerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A folder with a pipeline in it, and what a run leaves there. */
public final class PipelineFolder {

    private final Path folder;

    public PipelineFolder(Path folder) {
        this.folder = folder;
    }

    /** A pipeline over {@code records.csv} with the ids {@code r0}, {@code r1}, … */
    public static PipelineFolder withRecords(Path folder, int records) throws IOException {
        var csv =
                IntStream.range(0, records)
                        .mapToObj(number -> "r" + number + ",text of " + number)
                        .collect(Collectors.joining("\n"));
        return new PipelineFolder(folder)
                .file("records.csv", "key,text\n" + csv + "\n")
                .pipeline("prompt: 'Say something of {{text}}'");
    }

    /** The same over a folder of texts, which starts faster than a database. */
    public static PipelineFolder withTexts(Path folder, int records) throws IOException {
        Files.createDirectory(folder.resolve("texts"));
        for (int number = 0; number < records; number++) {
            Files.writeString(folder.resolve(textId(number)), "text of " + number);
        }
        return new PipelineFolder(folder)
                .file(
                        "pipeline.yaml",
                        """
                        name: test
                        source: { files: texts }
                        model: claude-haiku-4-5
                        max_tokens: 100
                        prompt: 'Say something of {{text}}'
                        sink: { file: results.jsonl }
                        """);
    }

    /** The id of a record of {@link #withTexts}. */
    public static String textId(int number) {
        return "texts/%03d.txt".formatted(number);
    }

    public PipelineFolder file(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
        return this;
    }

    /** Writes {@code pipeline.yaml}: the usual keys and these. */
    public PipelineFolder pipeline(String... lines) throws IOException {
        return file(
                "pipeline.yaml",
                """
                name: test
                source: { sql: "select key as id, text from 'records.csv'" }
                model: claude-haiku-4-5
                max_tokens: 100
                sink: { file: results.jsonl }
                """
                        + String.join("\n", lines)
                        + "\n");
    }

    /** Changes a part of {@code pipeline.yaml}, which has to be there. */
    public PipelineFolder replacing(String from, String to) throws IOException {
        var yaml = Files.readString(path("pipeline.yaml"));
        if (!yaml.contains(from)) {
            throw new IllegalArgumentException("pipeline.yaml does not contain " + from);
        }
        return file("pipeline.yaml", yaml.replace(from, to));
    }

    /** Adds lines to {@code pipeline.yaml}. */
    public PipelineFolder adding(String lines) throws IOException {
        return file("pipeline.yaml", Files.readString(path("pipeline.yaml")) + lines);
    }

    /** Takes the state back to what the release with these tables would have left. */
    public void becomeStateOfRelease(int version) throws Exception {
        FormerState.make(stateFile(), version);
    }

    public Path stateFile() {
        return path("pipeline.state.db");
    }

    public Path path(String name) {
        return folder.resolve(name);
    }

    public PipelineDefinition definition() {
        return PipelineDefinition.read(folder.resolve("pipeline.yaml"));
    }

    public static Endpoint endpoint(FakeBatches server) {
        return Endpoint.nightmail(server.uri(), new Secret("key"), "test");
    }

    public static Endpoint endpoint(FakeBatches server, boolean honoursKeys) {
        return honoursKeys ? endpoint(server) : endpointWithoutIdempotency(server);
    }

    public static Endpoint endpointWithoutIdempotency(FakeBatches server) {
        return new Endpoint(server.uri(), new Secret("key"), "test", false);
    }

    public RunSummary run(FakeBatches server, TestWorld world) throws InterruptedException {
        return run(endpoint(server), world, 1000, _ -> {});
    }

    public RunSummary run(
            Endpoint endpoint, TestWorld world, int batchRequestsMax, ProgressListener listener)
            throws InterruptedException {
        return run(endpoint, world, batchRequestsMax, RunOptions.withoutAsking(), listener);
    }

    public RunSummary run(
            Endpoint endpoint,
            TestWorld world,
            int batchRequestsMax,
            RunOptions options,
            ProgressListener listener)
            throws InterruptedException {
        return PipelineRun.of(definition(), endpoint, world.environment(batchRequestsMax))
                .run(options, listener);
    }

    public List<JsonNode> jsonLines(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name)).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    public List<String> answeredIds() throws IOException {
        return jsonLines("results.jsonl").stream().map(line -> line.path("id").asString()).toList();
    }
}
