package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.error;
import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.definition.DefinitionException;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run may replace or delete: what this pipeline wrote, and nothing else. */
@SuppressWarnings("NullAway.Init")
class OutputFilesTest {

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    from 'records.csv'        | records.csv
                    from 'RECORDS.csv'        | RECORDS.csv
                    from '*.csv'              | results.csv
                    from read_csv(['records.csv', 'more/*.csv']) | more/new.csv
                    from './**/*.csv'         | out/new.csv
                    from 'records.csv'        | link.csv
                    from 'records.csv'        | hard.csv
                    from 'linked/*.csv'       | more/new.csv
                    """)
    void aSinkThatTheSourceReadsIsRefusedBeforeAnything(String from, String sink) throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 3);
        Files.createDirectory(folder.resolve("more"));
        pipeline.file("more/a.csv", "key,text\nm,n\n").file("RECORDS.csv", "key,text\nm,n\n");
        Files.createSymbolicLink(folder.resolve("linked"), folder.resolve("more"));
        Files.createSymbolicLink(folder.resolve("link.csv"), folder.resolve("records.csv"));
        Files.createLink(folder.resolve("hard.csv"), folder.resolve("records.csv"));
        var before = Files.readString(folder.resolve("records.csv"));
        write(
                """
                source: { sql: "select key as id, text %s" }
                prompt: "{{text}}"
                sink: { file: %s }
                """
                        .formatted(from, sink));

        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("sink.file: " + sink + " is read by the source (")
                .hasMessageContaining("write it to another folder, such as out/");
        assertThat(Files.readString(folder.resolve("records.csv"))).isEqualTo(before);
        assertThat(folder.resolve("pipeline.state.db")).doesNotExist();
        assertThat(server.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'failed: records.csv', 'sink.failed: records.csv is read by the source'",
        "'report: records.csv', 'sink.report: records.csv is read by the source'",
        "'report: prompt.md', 'sink.report: prompt.md is the file of prompt.file and would be overwritten'",
        "'report: sub/../prompt.md', 'sink.report: prompt.md is the file of prompt.file'",
        "'failed: system.md', 'sink.failed: system.md is the file of system.file'",
        "'failed: answer.json', 'sink.failed: answer.json is the file of output.schema'",
        "'report: pipeline.yaml', 'sink.report: pipeline.yaml is the pipeline file'",
        "'failed: pipeline.state.db', 'sink.failed: pipeline.state.db belongs to the pipeline''s own state'",
        "'failed: Pipeline.State.db-wal', 'belongs to the pipeline''s own state'",
        "'report: .nightmail/pipeline/report.html', 'which is removed after a run'",
        "'report: prompt.link', 'sink.report: prompt.link is the file of prompt.file'",
        "'report: ../report.html', 'is outside the pipeline''s folder'",
        "'report: away/report.html', 'sink.report: away/report.html leads to '",
        "'failed: FAILED.jsonl, report: failed.JSONL', 'need three different files'"
    })
    void noOutputIsAFileThePipelineIsMadeOf(String output, String refusal) throws Exception {
        var elsewhere = Files.createTempDirectory("elsewhere");
        try {
            var pipeline = PipelineFolder.withRecords(folder, 3);
            pipeline.file("prompt.md", "{{text}}")
                    .file("system.md", "Be brief.")
                    .file("answer.json", "{\"type\": \"object\"}");
            Files.createSymbolicLink(folder.resolve("prompt.link"), folder.resolve("prompt.md"));
            Files.createSymbolicLink(folder.resolve("away"), elsewhere);
            write(
                    """
                    source: { sql: "select key as id, text from 'records.csv'" }
                    prompt: { file: prompt.md }
                    system: { file: system.md }
                    output: { schema: answer.json }
                    sink: { file: results.jsonl, %s }
                    """
                            .formatted(output));

            assertThatThrownBy(() -> pipeline.run(server, world))
                    .isInstanceOf(DefinitionException.class)
                    .hasMessageContaining(refusal);
            assertThat(Files.readString(folder.resolve("prompt.md"))).isEqualTo("{{text}}");
            assertThat(server.calls()).isEmpty();
        } finally {
            Files.delete(elsewhere);
        }
    }

    @Test
    void whatTheAuthorAllowsMayLieOutsideTheFolder() throws Exception {
        var inner = Files.createDirectory(folder.resolve("inner"));
        var pipeline = PipelineFolder.withRecords(inner, 2);
        Files.move(inner.resolve("records.csv"), folder.resolve("records.csv"));
        Files.writeString(folder.resolve("prompt.md"), "{{text}}");
        var lines =
                """
                source: { sql: "select key as id, text from '../records.csv'" }
                prompt: { file: ../prompt.md }
                sink: { file: ../out/results.jsonl }
                """;
        Files.writeString(inner.resolve("pipeline.yaml"), head() + lines);
        assertThatThrownBy(() -> pipeline.run(server, world))
                .hasMessageContaining("prompt.file: ")
                .hasMessageContaining("sink.file: ")
                .hasMessageContaining("or write \"allow-outside: true\" in the pipeline file");

        Files.writeString(inner.resolve("pipeline.yaml"), head() + lines + "allow-outside: true\n");

        assertThat(pipeline.run(server, world).done()).isEqualTo(2);
        assertThat(pipeline.run(server, world).done()).isEqualTo(2);
        assertThat(folder.resolve("out/results.jsonl")).exists();
    }

    @ParameterizedTest
    @CsvSource({"results.jsonl", "failed.jsonl", "report.html"})
    void aFileThisPipelineDidNotWriteStaysUnlessItsAuthorSaysSo(String name) throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 2);
        pipeline.file(name, "the only copy");

        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining(
                        name
                                + " is there already, and this pipeline did not write it: move it away")
                .hasMessageContaining("--overwrite");
        assertThat(Files.readString(folder.resolve(name))).isEqualTo("the only copy");
        assertThat(server.calls()).isEmpty();

        overwriting(pipeline);
        assertThat(folder.resolve("results.jsonl")).exists();
        pipeline.run(server, world);
    }

    @Test
    void aFileThatWasChangedAfterItWasWrittenIsNotLost() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 2);
        pipeline.run(server, world);
        Files.writeString(folder.resolve("results.jsonl"), "edited by hand");

        assertThatThrownBy(() -> pipeline.run(server, world))
                .hasMessageContaining("results.jsonl was changed since this pipeline wrote it");
        assertThat(Files.readString(folder.resolve("results.jsonl"))).isEqualTo("edited by hand");

        Files.delete(folder.resolve("results.jsonl"));
        pipeline.run(server, world);
        assertThat(pipeline.answeredIds()).hasSize(2);
    }

    @Test
    void aLinkInThePlaceOfASinkIsNotReplaced() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 2);
        pipeline.file("mine.jsonl", "mine");
        Files.createSymbolicLink(folder.resolve("results.jsonl"), folder.resolve("mine.jsonl"));

        assertThatThrownBy(() -> pipeline.run(server, world))
                .hasMessageContaining("results.jsonl is there already");
    }

    @Test
    void aFailedFileThatIsNotNeededAnyMoreIsDeletedOnlyIfItIsOurs() throws Exception {
        server.answering((id, params, before) ->
                before == 0 ? error("invalid_request_error") : message("fine"));
        var pipeline = PipelineFolder.withTexts(folder, 2);
        pipeline.run(server, world);
        assertThat(folder.resolve("failed.jsonl")).exists();
        pipeline.replacing("Say some", "Say any");

        pipeline.run(server, world);

        assertThat(folder.resolve("failed.jsonl")).doesNotExist();
    }

    @Test
    void aRunThatDiedBetweenWritingAndRenamingKnowsItsFileAgain() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 2);
        pipeline.run(server, world);
        // As after a crash: the next content is noted, and the old file is still there.
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("pipeline.state.db"));
                var statement = connection.createStatement()) {
            statement.execute(
                    "insert into output_file (path, sha256) select path, 'what it would have become' from output_file");
        }

        assertThat(pipeline.run(server, world).done()).isEqualTo(2);
    }

    @Test
    void filesOfAReleaseThatTookNoNotesAreKnownByWhatTheyHold() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 2);
        pipeline.run(server, world);
        pipeline.becomeStateOfRelease(1);

        assertThat(pipeline.run(server, world).done()).isEqualTo(2);
        assertThat(server.requestsAccepted()).as("paid once").isEqualTo(2);

        pipeline.becomeStateOfRelease(1);
        Files.writeString(folder.resolve("results.jsonl"), "{\"id\": \"somebody else's\"}\n");
        assertThatThrownBy(() -> pipeline.run(server, world))
                .hasMessageContaining("results.jsonl is there already");
    }

    @Test
    void aSampleNeverTakesThePlaceOfAllAnswers() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 9);
        pipeline.run(server, world);
        var complete = Files.readString(folder.resolve("results.jsonl"));
        pipeline.replacing("Say some", "Say any");

        var summary = limited(pipeline, 3);

        assertThat(summary.done()).isEqualTo(3);
        assertThat(summary.answerFile()).isEqualTo(folder.resolve("results.sample.jsonl"));
        assertThat(pipeline.jsonLines("results.sample.jsonl")).hasSize(3);
        assertThat(folder.resolve("report.sample.html")).exists();
        assertThat(Files.readString(folder.resolve("results.jsonl"))).isEqualTo(complete);
        assertThat(pipeline.run(server, world).done()).isEqualTo(9);
        assertThat(server.requestsAccepted()).as("the sample counts").isEqualTo(18);
    }

    @Test
    void aSampleIsAnOutputLikeAnyOther() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 2);
        write(
                """
                source: { sql: "select key as id, text from 'rec*.csv'" }
                prompt: "{{text}}"
                sink: { file: rec.jsonl, report: rec.csv }
                """);
        assertThatThrownBy(() -> limited(pipeline, 1))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("sink.report: rec.sample.csv is read by the source");
    }

    @Test
    void aFolderOfTextsMayHoldThePipelineAndItsResults() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 2).file("prompt.md", "About {{text}}");
        write(
                """
                source: { files: . }
                prompt: { file: prompt.md }
                sink: { file: results.jsonl }
                """);
        var events = new ArrayList<RunEvent>();

        pipeline.run(PipelineFolder.endpoint(server), world, 10, events::add);
        pipeline.run(server, world);

        assertThat(pipeline.answeredIds()).containsExactly("texts/000.txt", "texts/001.txt");
        assertThat(notes(events))
                .contains("prompt.md is the pipeline's own file, so it is none of its records");
        write(
                """
                source: { files: "*.jsonl" }
                prompt: "{{text}}"
                sink: { file: results.jsonl }
                """);
        assertThatThrownBy(() -> pipeline.run(server, world))
                .hasMessageContaining("sink.file: results.jsonl is read by the source (*.jsonl)");
    }

    @Test
    void aPipelineThatWasRenamedIsToldOfItsState() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 2);
        pipeline.run(server, world);
        Files.move(folder.resolve("pipeline.yaml"), folder.resolve("renamed.yaml"));
        var renamed = PipelineDefinition.read(folder.resolve("renamed.yaml"));

        assertThatThrownBy(() ->
                        PipelineRun.of(
                                        renamed,
                                        PipelineFolder.endpoint(server),
                                        world.environment(10))
                                .run(RunOptions.withoutAsking(), _ -> {}))
                .hasMessageContaining(
                        "rename its state too (pipeline.state.db to renamed.state.db)");
        assertThat(server.requestsAccepted()).isEqualTo(2);
    }

    @Test
    void aLinkStaysOneAndWhatItPointsToIsReplaced() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 2);
        var file = Files.writeString(folder.resolve("file.txt"), "older");
        Files.createSymbolicLink(folder.resolve("results.jsonl"), file);

        overwriting(pipeline);

        assertThat(folder.resolve("results.jsonl")).isSymbolicLink();
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void resultsAreWrittenWhenARunIsStopped() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 25);
        server.endingOneAfterTheOther();
        var collected = new int[1];

        assertThatThrownBy(() ->
                        pipeline.run(
                                PipelineFolder.endpoint(server),
                                world,
                                10,
                                event -> {
                                    if (event instanceof RunEvent.BatchCollected
                                            && ++collected[0] == 2) {
                                        Thread.currentThread().interrupt();
                                    }
                                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(pipeline.answeredIds()).hasSize(20);
        assertThat(pipeline.run(server, world).done()).isEqualTo(25);
        assertThat(server.requestsAccepted()).isEqualTo(25);
    }

    private static List<String> notes(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.Noted.class::isInstance)
                .map(event -> ((RunEvent.Noted) event).text())
                .toList();
    }

    private void overwriting(PipelineFolder pipeline) throws InterruptedException {
        var options = new RunOptions(true, false, _ -> true);
        pipeline.run(PipelineFolder.endpoint(server), world, 10, options, _ -> {});
    }

    private RunSummary limited(PipelineFolder pipeline, int limit) throws InterruptedException {
        return PipelineRun.checked(pipeline.definition(), world.environment(10), limit)
                .at(PipelineFolder.endpoint(server))
                .run(RunOptions.withoutAsking(), _ -> {});
    }

    private void write(String lines) throws Exception {
        Files.writeString(folder.resolve("pipeline.yaml"), head() + lines);
    }

    private static String head() {
        return "model: claude-haiku-4-5\nmax_tokens: 100\n";
    }
}
