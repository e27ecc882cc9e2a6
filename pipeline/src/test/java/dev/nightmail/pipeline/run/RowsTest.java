package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.Secret;
import dev.nightmail.pipeline.definition.DefinitionException;
import dev.nightmail.pipeline.sink.ExtraColumn;
import dev.nightmail.pipeline.sink.Formulas;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What stands in the rows of sinks beside the answers, which rows there are, and in which sinks.
 */
@SuppressWarnings("NullAway.Init")
class RowsTest {

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);

    private PipelineFolder letters(String sink) throws Exception {
        return new PipelineFolder(folder)
                .file(
                        "letters.jsonl",
                        """
                        {"id": "a", "text": "good", "customer": "Anna", "sum": 12, "vip": true, "label": "old"}
                        {"id": "b", "text": "bad", "customer": "Ben", "sum": 7, "vip": false, "label": null}
                        """)
                .file(
                        "pipeline.yaml",
                        """
                        name: letters
                        source: { sql: "select * from 'letters.jsonl'" }
                        model: claude-haiku-4-5
                        max_tokens: 100
                        prompt: 'What is {{text}}?'
                        %s
                        """
                                .formatted(sink));
    }

    @Test
    void fieldsOfTheRecordAndHowItWasAnsweredStandBesideTheAnswer() throws Exception {
        var pipeline =
                letters(
                        "sink: { file: results.jsonl, keep: [customer, sum], columns: [model, prompt_version, input_tokens, output_tokens, cost_usd, batch_id, custom_id, attempts, stop_reason, answered_at] }");

        pipeline.run(server, world);

        var row = pipeline.jsonLines("results.jsonl").getFirst();
        assertThat(row.propertyNames())
                .containsExactly(
                        "id",
                        "customer",
                        "sum",
                        "answer",
                        "model",
                        "prompt_version",
                        "input_tokens",
                        "output_tokens",
                        "cost_usd",
                        "batch_id",
                        "custom_id",
                        "attempts",
                        "stop_reason",
                        "answered_at");
        assertThat(row.path("customer").asString()).isEqualTo("Anna");
        assertThat(row.path("sum").decimalValue()).isEqualByComparingTo("12");
        assertThat(row.path("batch_id").asString()).isEqualTo(server.batches().getFirst().id);
        assertThat(row.path("custom_id").asString()).isEqualTo("a");
        assertThat(row.path("attempts").asInt()).isEqualTo(1);
        assertThat(row.path("stop_reason").asString()).isEqualTo("end_turn");
        // Haiku 4.5 costs 0.50 and 2.50 dollars per million tokens in a batch.
        var cost =
                0.5e-6 * row.path("input_tokens").asLong()
                        + 2.5e-6 * row.path("output_tokens").asLong();
        assertThat(row.path("cost_usd").asDouble()).isPositive().isCloseTo(cost, within(1e-12));
        assertThat(row.path("answered_at").asString()).isEqualTo(answeredAt());
    }

    private static Offset<Double> within(double offset) {
        return Offset.offset(offset);
    }

    private String answeredAt() throws Exception {
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("pipeline.state.db"));
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select min(answered_at) from answer")) {
            return rows.getString(1);
        }
    }

    @Test
    void aFileThatHoldsEveryAnswerAlreadyIsLeftAsItIs() throws Exception {
        var pipeline = letters("sink: { file: results.jsonl }");
        pipeline.run(server, world);
        var before = fileKey("results.jsonl");

        pipeline.run(server, world);
        assertThat(fileKey("results.jsonl")).as("nothing to do").isEqualTo(before);

        Files.setLastModifiedTime(
                folder.resolve("letters.jsonl"),
                FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        pipeline.run(server, world);
        assertThat(fileKey("results.jsonl")).as("source read again").isEqualTo(before);

        Files.delete(folder.resolve("results.jsonl"));
        pipeline.run(server, world);
        assertThat(pipeline.answeredIds()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sink: { file: results.jsonl, keep: [customer] }",
                "sink: { file: results.jsonl, columns: [model] }",
                "sink: { file: results.jsonl, mode: replace }"
            })
    void aFileOfOtherRowsIsWrittenAnew(String other) throws Exception {
        letters("sink: { file: results.jsonl }").run(server, world);
        var before = fileKey("results.jsonl");

        letters(other).run(server, world);

        assertThat(fileKey("results.jsonl")).isNotEqualTo(before);
    }

    @Test
    void aFileIsWrittenAnewWhenAKeptFieldChanges() throws Exception {
        var pipeline = letters("sink: { file: results.jsonl, keep: [customer] }");
        pipeline.run(server, world);
        pipeline.file(
                "letters.jsonl",
                Files.readString(folder.resolve("letters.jsonl")).replace("Anna", "Annabel"));

        pipeline.run(server, world);

        assertThat(pipeline.jsonLines("results.jsonl").getFirst().path("customer").asString())
                .isEqualTo("Annabel");
        assertThat(server.requestsAccepted()).isEqualTo(2);
    }

    /** Whoever writes a file anew makes another one. */
    private @Nullable Object fileKey(String name) throws IOException {
        return Files.readAttributes(folder.resolve(name), BasicFileAttributes.class).fileKey();
    }

    @Test
    void theAnswersColumnsKeepTheirNamesWhateverStandsBesideThem() throws Exception {
        server.answering((id, params, before) -> message("{\"label\": \"new\", \"model\": \"m\"}"));
        var pipeline =
                letters(
                                """
                                output: { schema: answer.json }
                                sink: { file: results.csv, keep: [label], columns: [model] }
                                """)
                        .file(
                                "answer.json",
                                "{\"type\": \"object\", \"additionalProperties\": false, \"required\": [\"label\", \"model\"], \"properties\": {\"label\": {\"type\": \"string\"}, \"model\": {\"type\": \"string\"}}}");
        var notes = new ArrayList<String>();

        pipeline.run(
                PipelineFolder.endpoint(server),
                world,
                10,
                event -> {
                    if (event instanceof RunEvent.Noted(var note)) {
                        notes.add(note);
                    }
                });

        assertThat(Files.readString(folder.resolve("results.csv")))
                .startsWith("id,label_2,label,model,model_2\r\na,old,new,m,claude-")
                .contains("\r\nb,,new,m,claude-");
        assertThat(notes)
                .contains(
                        "the field label of the records is the column label_2 of the sink",
                        "model, which columns names, is the column model_2 of the sink");
    }

    @Test
    void keptFieldsHaveTheirTypesInParquet() throws Exception {
        var pipeline = letters("sink: { file: results.parquet, keep: [customer, sum, vip] }");

        pipeline.run(server, world);

        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "select customer, sum, vip, typeof(sum), typeof(vip) from read_parquet('%s') order by id"
                                        .formatted(folder.resolve("results.parquet")))) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("Anna");
            assertThat(rows.getLong(2)).isEqualTo(12);
            assertThat(rows.getBoolean(3)).isTrue();
            assertThat(rows.getString(4)).isEqualTo("BIGINT");
            assertThat(rows.getString(5)).isEqualTo("BOOLEAN");
        }
    }

    @Test
    void aFieldThatIsToBeKeptFromNowOnIsReadFromTheSourceAndNothingIsAskedAgain() throws Exception {
        var pipeline = letters("sink: { file: results.jsonl }");
        pipeline.run(server, world);
        pipeline.replacing("results.jsonl }", "results.jsonl, keep: [customer] }");

        pipeline.run(server, world);
        pipeline.replacing("keep: [customer]", "keep: [customer, sum]");
        pipeline.run(server, world);

        assertThat(pipeline.jsonLines("results.jsonl").get(1).path("customer").asString())
                .isEqualTo("Ben");
        assertThat(pipeline.jsonLines("results.jsonl").get(1).path("sum").asInt()).isEqualTo(7);
        assertThat(server.requestsAccepted()).isEqualTo(2);
    }

    @Test
    void aKeptFieldThatChangesIsWrittenAndNothingIsAskedAgain() throws Exception {
        var pipeline = letters("sink: { file: results.jsonl, keep: [customer] }");
        pipeline.run(server, world);
        Files.writeString(
                folder.resolve("letters.jsonl"),
                Files.readString(folder.resolve("letters.jsonl")).replace("Anna", "Annabel"));

        pipeline.run(server, world);

        assertThat(pipeline.jsonLines("results.jsonl").getFirst().path("customer").asString())
                .isEqualTo("Annabel");
        assertThat(server.requestsAccepted()).isEqualTo(2);
    }

    @Test
    void aFieldThatNoRecordHasIsAnErrorBeforeAnythingIsSent() throws Exception {
        var pipeline = letters("sink: { file: results.jsonl, keep: [costumer] }");

        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(RunException.class)
                .hasMessage(
                        "keep: no record has a field costumer: the fields are id, text, customer, sum, vip, label");
        assertThat(server.requestsAccepted()).isZero();
    }

    @Test
    void rowsThatASimulatorAnsweredSaySo() throws Exception {
        var pipeline = letters("sink: { file: results.jsonl, columns: [cost_usd] }");
        var simulator = Endpoint.simulator(server.uri(), new Secret("key"));
        pipeline.run(simulator, world, 10, _ -> {});
        assertThat(pipeline.jsonLines("results.jsonl"))
                .allMatch(row -> row.path("simulated").asBoolean())
                .allMatch(row -> row.path("cost_usd").asDouble(-1) == 0);

        pipeline.run(server, world);

        assertThat(pipeline.jsonLines("results.jsonl"))
                .hasSize(2)
                .allMatch(row -> row.has("simulated") && !row.path("simulated").asBoolean())
                .allMatch(row -> row.path("cost_usd").asDouble() > 0);
    }

    @Test
    void aFileHasTheAnswersSoFarWhileTheRunGoesOn() throws Exception {
        server.endingOneAfterTheOther();
        var pipeline = letters("sinks: [{ file: all.jsonl }, { file: now.jsonl, mode: replace }]");
        var seen = new ArrayList<List<String>>();

        pipeline.run(
                PipelineFolder.endpoint(server),
                world,
                1,
                event -> {
                    if (event instanceof RunEvent.AnswersDelivered) {
                        assertThat(folder.resolve("now.jsonl")).doesNotExist();
                        seen.add(ids(pipeline, "all.jsonl"));
                    }
                });

        assertThat(seen).first().asInstanceOf(InstanceOfAssertFactories.LIST).containsExactly("a");
        assertThat(ids(pipeline, "now.jsonl")).containsExactly("a", "b");
    }

    @Test
    void aFileHoldsTheAnswersOfEveryRecordThePipelineEverRead() throws Exception {
        var pipeline = letters("sinks: [{ file: all.jsonl }, { file: now.jsonl, mode: replace }]");
        pipeline.run(server, world);
        pipeline.file("letters.jsonl", "{\"id\": \"c\", \"text\": \"new\"}\n");

        pipeline.run(server, world);

        assertThat(ids(pipeline, "all.jsonl")).containsExactly("a", "b", "c");
        assertThat(ids(pipeline, "now.jsonl")).containsExactly("c");
    }

    @Test
    void eachRunAddsItsAnswersToAFileThatIsAddedTo() throws Exception {
        server.endingOneAfterTheOther();
        var pipeline =
                letters("sink: { file: log.jsonl, mode: append, columns: [prompt_version] }")
                        .file("log.jsonl", "{\"id\": \"theirs\"}\n");
        pipeline.run(PipelineFolder.endpoint(server), world, 1, _ -> {});
        Files.writeString(
                folder.resolve("log.jsonl"),
                "{\"id\": \"theirs too\"}\n",
                StandardOpenOption.APPEND);

        pipeline.run(server, world);
        pipeline.replacing("What is", "Who is").run(server, world);

        // In the order in which results came: this server's are reversed within a batch.
        assertThat(ids(pipeline, "log.jsonl"))
                .containsExactly("theirs", "a", "b", "theirs too", "b", "a");
        var versions =
                pipeline.jsonLines("log.jsonl").stream()
                        .map(row -> row.path("prompt_version").asString(""))
                        .distinct();
        assertThat(versions).hasSize(3);
    }

    @Test
    void whereverARunCrashesAFileThatIsAddedToHasEachAnswerOnce() throws Exception {
        for (int step = 1; step < 20; step++) {
            var crashing = Files.createDirectory(folder.resolve("step" + step));
            var pipeline =
                    PipelineFolder.withTexts(crashing, 3)
                            .replacing("results.jsonl", "results.jsonl, mode: append");
            try (var fresh = new FakeBatches()) {
                var left = new int[] {step};
                try {
                    pipeline.run(
                            PipelineFolder.endpoint(fresh),
                            world,
                            1,
                            _ -> {
                                if (--left[0] == 0) {
                                    throw new IllegalStateException("crash");
                                }
                            });
                } catch (IllegalStateException _) {
                    // As ordered.
                }

                pipeline.run(PipelineFolder.endpoint(fresh), world, 1, _ -> {});

                assertThat(pipeline.answeredIds())
                        .as("crash at step %d", step)
                        .containsExactlyInAnyOrder(
                                PipelineFolder.textId(0),
                                PipelineFolder.textId(1),
                                PipelineFolder.textId(2));
            }
        }
    }

    @Test
    void aFileIsNotReplacedThatAnswersWereAddedTo() throws Exception {
        var pipeline = letters("sink: { file: log.jsonl, mode: append }");
        pipeline.run(server, world);
        pipeline.replacing(", mode: append", "");
        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining(
                        "log.jsonl is there already, and this pipeline did not write it");
        var overwriting = new RunOptions(true, false, _ -> true);
        pipeline.run(PipelineFolder.endpoint(server), world, 10, overwriting, _ -> {});

        pipeline.replacing("log.jsonl", "log.jsonl, mode: append");

        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("log.jsonl was written by this pipeline in another mode");
        Files.delete(folder.resolve("log.jsonl"));
        pipeline.run(server, world);
        assertThat(ids(pipeline, "log.jsonl")).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void everySinkGetsEveryAnswerInItsOwnShape() throws Exception {
        var pipeline =
                letters(
                        """
                        failed: left/failed.jsonl
                        report: left/report.html
                        sinks:
                          - { file: results.csv, keep: [customer] }
                          - file: results.jsonl
                            columns: [attempts]
                          - database: { url: "sqlite:answers.db", table: answers }
                            keep: [customer]
                        """);

        var summary = pipeline.run(server, world);

        assertThat(Files.readString(folder.resolve("results.csv")))
                .startsWith("id,customer,answer\r\na,Anna,");
        assertThat(pipeline.jsonLines("results.jsonl").getFirst().propertyNames())
                .containsExactly("id", "answer", "attempts");
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("answers.db"));
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select id, customer from answers order by id")) {
            rows.next();
            assertThat(rows.getString(1) + rows.getString(2)).isEqualTo("aAnna");
        }
        assertThat(folder.resolve("left/report.html")).exists();
        assertThat(summary.answerPlace())
                .contains("results.csv and ")
                .contains("results.jsonl and table answers in ");
    }

    @Test
    void aSinkThatCannotBeWrittenTakesNothingFromTheOthers() throws Exception {
        var pipeline = letters("sinks: [{ file: out/results.csv }, { file: results.jsonl }]");
        server.answering((id, params, before) -> {
            blockFolder();
            return message("fine");
        });

        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("results.csv");

        assertThat(ids(pipeline, "results.jsonl")).containsExactly("a", "b");
        Files.delete(folder.resolve("out"));
        pipeline.run(server, world);
        assertThat(folder.resolve("out/results.csv")).isNotEmptyFile();
        assertThat(server.requestsAccepted()).isEqualTo(2);
    }

    /** A file stands where a folder is needed. */
    private void blockFolder() {
        try {
            Files.deleteIfExists(folder.resolve("out"));
            Files.writeString(folder.resolve("out"), "in the way");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    sinks: []                                                        | sinks: is an empty list: give one like [{ file: results.jsonl }], or leave it out
                    sinks: { file: a.csv }                                           | sinks: must be a list like [{ file: results.jsonl }], not a mapping
                    sink: [{ file: a.csv }]                                          | sink: is a list: several sinks stand under sinks
                    sinks: [{ file: a.csv }, { file: ./a.csv }]                      | sinks[1].file: another sink writes to
                    sinks: [{ stdout: csv }, { stdout: jsonl }]                      | sinks[1].stdout: another sink writes to standard output already
                    sinks: [{ file: a.csv }, { fiel: b.csv }]                        | sinks[1]: needs exactly one of
                    sinks: [{ file: a.csv, failed: f.jsonl }]                        | sinks[0].failed: is not a key here
                    sink: { file: a.csv, mode: add }                                 | sink.mode: must be current or replace or append, not add
                    sink: { file: a.parquet, mode: append }                          | sink.mode: append adds rows to the end of a file, and the end of a Parquet file says where
                    sink: { file: a.csv.zst, mode: append }                          | sink.mode: append adds lines that others may read at once, and a packed file is read as a whole
                    sink: { file: a.csv, keep: customer }                            | sink.keep: must be a list like [customer, url], not customer
                    sink: { file: a.csv, keep: [a, a] }                              | sink.keep: names one twice
                    sink: { file: a.csv, keep: [id] }                                | sink.keep: names id, which every row has
                    sink: { file: a.csv, columns: [price] }                          | sink.columns[0]: must be model or prompt_version or
                    sinks: [{ file: failed.jsonl }, { file: b.csv }]                 | sinks[0].file: answers, failed records and report need three different files
                    sinks: [{ file: a.csv }, { file: pipeline.yaml.csv/../pipeline.state.db.csv }] | sinks[1].file: pipeline.state.db.csv belongs to the pipeline's own state
                    """)
    void whatSinksCannotBeIsSaid(String sinks, String problem) {
        assertThatThrownBy(() -> letters(sinks).definition())
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aSinkOfSeveralIsNamedByItsOwnLine() {
        assertThatThrownBy(() ->
                        letters("sinks:\n  - file: a.csv\n  - flie: b.csv\n    keep: [x]")
                                .definition())
                .hasMessageContaining("line 8: sinks[1]: needs exactly one of");
    }

    @Test
    void oneSinkAndSeveralAtOnceIsNoPipeline() {
        assertThatThrownBy(() ->
                        letters("sink: { file: a.csv }\nsinks: [{ file: b.csv }]").definition())
                .hasMessageContaining("sinks: stands beside sink: put all of them into sinks");
        assertThatThrownBy(() ->
                        letters("failed: x.jsonl\nsink: { file: a.csv, failed: y.jsonl }")
                                .definition())
                .hasMessageContaining("failed: stands in sink, too: give it once");
    }

    @Test
    void anExportHasWhatTheStateHas() throws Exception {
        var pipeline = letters("sink: { file: results.jsonl, keep: [customer] }");
        assertThat(export(pipeline, "before.csv", null, false)).isEmpty();
        assertThat(folder.resolve("before.csv")).doesNotExist();
        pipeline.run(server, world);
        pipeline.file(
                "letters.jsonl", "{\"id\": \"c\", \"text\": \"new\", \"customer\": \"Cem\"}\n");
        pipeline.run(server, world);

        assertThat(export(pipeline, "all.csv", List.of(ExtraColumn.ATTEMPTS), false)).hasValue(3);

        assertThat(Files.readString(folder.resolve("all.csv")))
                .startsWith("id,customer,answer,attempts\r\na,Anna,")
                .contains("\r\nc,Cem,");
        assertThatThrownBy(() -> export(pipeline, "all.csv", null, false))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("all.csv is there already");
        assertThat(export(pipeline, "all.csv", null, true)).hasValue(3);
        assertThatThrownBy(() -> export(pipeline, "results.jsonl", null, true))
                .hasMessageContaining("results.jsonl is a file of the pipeline");
        var source = Files.readString(folder.resolve("letters.jsonl"));
        assertThatThrownBy(() -> export(pipeline, "letters.jsonl", null, true))
                .hasMessageContaining("letters.jsonl is read by the source");
        assertThat(folder.resolve("letters.jsonl")).hasContent(source);
        assertThatThrownBy(() -> export(pipeline, "all.xlsx", null, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must end in .jsonl, .csv or .parquet");
    }

    private static OptionalLong export(
            PipelineFolder pipeline,
            String file,
            @Nullable List<ExtraColumn> columns,
            boolean overwrite) {
        return new PipelineExport(
                        pipeline.definition(),
                        pipeline.path(file),
                        columns,
                        Formulas.ESCAPE,
                        overwrite)
                .write(_ -> {});
    }

    @Test
    void answersOfTheReleaseBeforeHaveWhatIsKnownOfThem() throws Exception {
        var pipeline = letters("sink: { file: results.jsonl, columns: [model, answered_at] }");
        pipeline.run(server, world);
        pipeline.becomeStateOfRelease(5);

        pipeline.run(server, world);

        var row = pipeline.jsonLines("results.jsonl").getFirst();
        assertThat(row.path("model").asString()).startsWith("claude");
        assertThat(row.path("answered_at").isNull()).isTrue();
        assertThat(server.requestsAccepted()).isEqualTo(2);
    }

    private static List<String> ids(PipelineFolder pipeline, String name) {
        try {
            return pipeline.jsonLines(name).stream().map(row -> row.path("id").asString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
