package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.Secret;
import dev.nightmail.pipeline.definition.DefinitionException;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.source.EmptySourceException;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class AnswersTest {

    private static final String SCHEMA =
            """
            {"type": "object", "additionalProperties": false, "required": ["label", "score"],
             "properties": {"label": {"type": "string"}, "score": {"type": "integer"}, "id": {"type": ["number", "null"]}, "tags": {"type": "array"}}}
            """;

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);

    @Test
    void anAnswerThatBreaksTheSchemaIsAskedForAgainWithTheReason() throws Exception {
        server.answering((id, params, before) ->
                message(
                        before == 0
                                ? "{\"label\": \"good\"}"
                                : "{\"label\": \"good\", \"score\": 3}"));
        var pipeline = withSchema(1, 1, "results.jsonl");

        var summary = pipeline.run(server, world);

        assertThat(summary.done()).isEqualTo(1);
        var again = server.batches().getLast().params.getFirst().path("messages");
        assertThat(again).hasSize(3);
        assertThat(again.path(1).path("content").asString()).isEqualTo("{\"label\": \"good\"}");
        assertThat(again.path(2).path("content").asString()).contains("score");
        assertThat(summary.usage().output()).as("both answers are paid for").isEqualTo(20);
    }

    @Test
    void anAnswerThatStaysWrongIsSetAsideAndKept() throws Exception {
        server.answering((id, params, before) -> message("no JSON"));
        var pipeline = withSchema(1, 1, "results.jsonl");

        var summary = pipeline.run(server, world);

        assertThat(summary.failed()).containsEntry("invalid_answer", 1L);
        assertThat(pipeline.jsonLines("failed.jsonl").getFirst().path("answer").asString())
                .isEqualTo("no JSON");
        assertThat(server.timesAsked("r0")).isEqualTo(2);
    }

    @Test
    void cutOffDeclinedAndUnfinishedAnswersAreKindsOfTheirOwn() throws Exception {
        var reasons = Map.of("r0", "max_tokens", "r1", "refusal", "r2", "pause_turn");
        server.answering(
                (id, params, before) -> message("{}", reasons.getOrDefault(id, "end_turn")));

        var summary = withSchema(3, 3, "results.jsonl").run(server, world);

        assertThat(summary.failed())
                .containsEntry("max_tokens", 1L)
                .containsEntry("refusal", 1L)
                .containsEntry("unfinished", 1L);
        assertThat(server.requestsAccepted()).isEqualTo(3);
    }

    @Test
    void csvCellsAreQuotedAndFormulasDisarmed() throws Exception {
        server.answering((id, params, before) ->
                message(
                        id.equals("r0")
                                ? "{\"label\": \"=1+1\", \"score\": -5}"
                                : "{\"label\": \"a, \\\"b\\\"\", \"score\": 2, \"tags\": [1]}"));

        withSchema(2, 0, "results.csv").run(server, world);

        assertThat(Files.readString(folder.resolve("results.csv")))
                .isEqualTo(
                        "id,label,score,answer_id,tags\r\nr0,'=1+1,-5,,\r\nr1,\"a, \"\"b\"\"\",2,,[1]\r\n");
    }

    @Test
    void parquetHasTheSchemasTypes() throws Exception {
        server.answering((id, params, before) ->
                message("{\"label\": \"l\", \"score\": 7, \"id\": 1.5, \"tags\": [\"x\"]}"));

        withSchema(3, 0, "it's.parquet").run(server, world);

        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "select * from '"
                                        + folder.resolve("it's.parquet")
                                                .toString()
                                                .replace("'", "''")
                                        + "'")) {
            var types = new ArrayList<String>();
            for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                types.add(
                        rows.getMetaData().getColumnLabel(column)
                                + " "
                                + rows.getMetaData().getColumnTypeName(column));
            }
            assertThat(types)
                    .containsExactly(
                            "id VARCHAR",
                            "label VARCHAR",
                            "score BIGINT",
                            "answer_id DOUBLE",
                            "tags VARCHAR");
            var ids = new ArrayList<String>();
            while (rows.next()) {
                ids.add(rows.getString(1));
                assertThat(rows.getString(5)).isEqualTo("[\"x\"]");
            }
            assertThat(ids).containsExactly("r0", "r1", "r2");
        }
    }

    @Test
    void anEmptyParquetFileIsStillOne() throws Exception {
        server.answering((id, params, before) -> message("no JSON"));

        withSchema(1, 0, "none.parquet").run(server, world);

        assertThat(folder.resolve("none.parquet")).exists();
    }

    @Test
    void theBudgetStopsTheSendingAndARaisedOneGoesOn() throws Exception {
        // Likely about 0.0001 USD a record: the output's share of max_tokens is nearly all of it.
        var pipeline =
                PipelineFolder.withRecords(folder, 20)
                        .pipeline("prompt: '{{text}}'", "budget: { usd: 0.001 }");
        var events = new ArrayList<RunEvent>();

        var summary = pipeline.run(PipelineFolder.endpoint(server), world, 100, events::add);

        assertThat(summary.end()).isEqualTo(RunSummary.End.BUDGET_REACHED);
        assertThat(summary.done()).isBetween(1L, 19L);
        assertThat(summary.totalCostMicros()).isLessThanOrEqualTo(1000);
        assertThat(pipeline.answeredIds()).hasSize((int) summary.done());
        assertThat(events)
                .filteredOn(RunEvent.BudgetReached.class::isInstance)
                .first()
                .asInstanceOf(InstanceOfAssertFactories.type(RunEvent.BudgetReached.class))
                .satisfies(reached -> {
                    assertThat(reached.spentMicros()).isZero();
                    assertThat(reached.underWayMicros()).isBetween(1L, 1000L);
                });
        pipeline.pipeline("prompt: '{{text}}'", "budget: { usd: 1 }");
        assertThat(pipeline.run(server, world).done()).isEqualTo(20);
        assertThat(server.requestsAccepted()).isEqualTo(20);
    }

    @Test
    void whatTheSimulatorAnsweredCountsAgainstNoBudget() throws Exception {
        var pipeline =
                PipelineFolder.withRecords(folder, 20)
                        .pipeline("prompt: '{{text}}'", "budget: { usd: 0.003 }");
        var simulator = Endpoint.simulator(server.uri(), new Secret("key"));
        assertThat(pipeline.run(simulator, world, 100, _ -> {}).done()).isEqualTo(20);

        var summary = pipeline.run(server, world);

        assertThat(summary.done()).isEqualTo(20);
        assertThat(summary.totalCostMicros()).isEqualTo(summary.costMicros());
    }

    @Test
    void aPreviewSendsNothingAndLeavesNothing() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 20);

        var preview =
                PipelineRun.of(
                                pipeline.definition(),
                                PipelineFolder.endpoint(server),
                                world.environment(10))
                        .preview();

        assertThat(preview.records().outstanding()).isEqualTo(20);
        assertThat(preview.sample())
                .isEqualTo(new Preview.RenderedPrompt("r0", "Say something of text of 0"));
        assertThat(preview.estimate().basis()).contains("counted by the endpoint");
        assertThat(server.batches()).isEmpty();
        assertThat(folder.resolve("pipeline.state.db")).doesNotExist();
    }

    @Test
    void nothingIsSentWhenTheConfirmationSaysNo() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 9);

        var summary =
                pipeline.run(
                        PipelineFolder.endpoint(server),
                        world,
                        10,
                        new RunOptions(_ -> false),
                        _ -> {});

        assertThat(summary.end()).isEqualTo(RunSummary.End.DECLINED);
        assertThat(server.batches()).isEmpty();
    }

    @Test
    void aBatchTheEndpointDoesNotShowIsPaidForAgainOnlyIfSomebodyAgrees() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 3);
        assertThatThrownBy(() ->
                        pipeline.run(
                                PipelineFolder.endpoint(server),
                                world,
                                10,
                                event -> {
                                    if (event instanceof RunEvent.BatchSubmitted submitted) {
                                        server.forget(submitted.batchId());
                                    }
                                }))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("agree to send its 3 requests anew");
        assertThatThrownBy(() -> pipeline.run(server, world))
                .hasMessageContaining("is not at the endpoint for this key");
        assertThat(server.requestsAccepted()).isEqualTo(3);

        var agreeing =
                new RunOptions.Confirmation() {
                    @Override
                    public boolean confirm(Preview preview) {
                        return true;
                    }

                    @Override
                    public boolean confirmResending(String batchId, int requests) {
                        return requests == 3;
                    }
                };
        var summary =
                pipeline.run(
                        PipelineFolder.endpoint(server),
                        world,
                        10,
                        new RunOptions(agreeing),
                        _ -> {});

        assertThat(summary.done()).isEqualTo(3);
    }

    @Test
    void aSchemaThatIsNoneStopsTheRunBeforeAnythingIsSent() throws Exception {
        var pipeline = withSchema(1, 0, "results.jsonl");
        pipeline.file("answer.schema.json", "{\"type\": \"objekt\", \"required\": \"label\"}");

        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("output.schema: ")
                .hasMessageContaining("/type")
                .hasMessageContaining("/required");
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void anOlderSchemaIsReadByItsOwnRules() throws Exception {
        server.answering((id, params, before) -> message("{\"score\": 3}"));
        var pipeline = withSchema(1, 0, "results.jsonl");
        pipeline.file(
                "answer.schema.json",
                """
                {"$schema": "http://json-schema.org/draft-04/schema#", "type": "object",
                 "properties": {"score": {"type": "integer", "minimum": 3, "exclusiveMinimum": true}}}
                """);

        assertThat(pipeline.run(server, world).failed()).containsEntry("invalid_answer", 1L);
    }

    @Test
    void aSourceWithoutRecordsLeavesEarlierAnswersAlone() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 3);
        pipeline.run(server, world);
        pipeline.file("records.csv", "key,text\n");

        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(EmptySourceException.class)
                .hasMessageContaining("source: gives no records");
        assertThat(pipeline.answeredIds()).hasSize(3);
    }

    @Test
    void aSinkThatCannotBeWrittenStopsTheRunBeforeAnythingIsSent() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 3);
        Files.createDirectory(folder.resolve("results.jsonl"));
        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("sink.file: ")
                .hasMessageContaining("is a folder");

        Files.delete(folder.resolve("results.jsonl"));
        pipeline.replacing("results.jsonl", "records.csv/results.jsonl");
        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("sink.file: ")
                .hasMessageContaining("records.csv is no folder");
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void aTemplateThatNamesWhatNoRecordHasStopsTheRunBeforeAnythingIsSent() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 3);
        pipeline.file("records.csv", "key,text\na,1\n").pipeline("prompt: '{{txt}}'");
        assertThatThrownBy(() -> pipeline.run(server, world))
                .hasMessageContaining(
                        "line 1 of the template names txt, and record a has the fields id, text");

        assertThat(server.batches()).isEmpty();
    }

    @Test
    void whatIsToBeAskedAgainIsNotForgottenWhenTheDownloadBreaks() throws Exception {
        server.answering((id, params, before) ->
                message(
                        before == 0 && id.equals("r11")
                                ? "no JSON"
                                : "{\"label\": \"good\", \"score\": 3}"));
        // The first group of results is applied, then the connection breaks as often as the client
        // takes it up.
        server.withoutRanges().cutResultsAfterBytes.set(2_000);
        server.cutDownloads.set(9);

        var summary = withSchema(12, 1, "results.jsonl").run(server, world);

        assertThat(server.cutDownloads.get()).as("it broke").isZero();
        assertThat(server.timesAsked("r11")).isEqualTo(2);
        assertThat(summary.done()).isEqualTo(12);
    }

    private PipelineFolder withSchema(int records, int reask, String sink) throws Exception {
        return PipelineFolder.withRecords(folder, records)
                .file("answer.schema.json", SCHEMA)
                .pipeline(
                        "prompt: '{{text}}'",
                        "output: { schema: answer.schema.json, reask: " + reask + " }")
                .replacing("results.jsonl", sink);
    }
}
