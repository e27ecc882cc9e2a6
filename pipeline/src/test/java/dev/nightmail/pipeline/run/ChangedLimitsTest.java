package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What is asked again when the limits of a pipeline change: what has no answer, and nothing else.
 */
@SuppressWarnings("NullAway.Init")
class ChangedLimitsTest {

    private static final String GOOD = "{\"label\": \"good\"}";
    private static final String SCHEMA =
            """
            {"type": "object", "required": ["label"], "properties": {"label": {"type": "string"}, "title": {"enum": ["a", "b"]}}}
            """;

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);
    private PipelineFolder pipeline;

    @BeforeEach
    void write() throws Exception {
        pipeline =
                PipelineFolder.withTexts(folder, 3)
                        .file("schema.json", SCHEMA)
                        .adding("output: { schema: schema.json, reask: 0 }\n");
        server.answering((id, params, before) -> message(GOOD));
    }

    /** The second record, whose custom id nobody knows, is told by its text. */
    private static boolean isOdd(JsonNode params) {
        return params.path("messages").path(0).path("content").asString().contains("text of 1");
    }

    @Test
    void moreTokensRetryWhatWasCutOffAndLeaveTheAnswers() throws Exception {
        server.answering((id, params, before) ->
                isOdd(params) && params.path("max_tokens").asInt() == 100
                        ? message("{\"lab", "max_tokens")
                        : message(GOOD));
        assertThat(pipeline.run(server, world).failed()).containsEntry("max_tokens", 1L);
        pipeline.replacing("max_tokens: 100", "max_tokens: 200");

        var summary = pipeline.run(server, world);

        assertThat(summary.done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3 + 1);
        assertThat(server.batches().getLast().params.getFirst().path("max_tokens").asInt())
                .isEqualTo(200);
        assertThat(pipeline.answeredIds()).hasSize(3);
        pipeline.run(server, world);
        assertThat(server.requestsAccepted()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\": \"object\", \"description\": \"a ticket\"",
                "{\"title\": \"T\", \"type\": \"object\", \"examples\": [{\"label\": \"x\"}], \"$comment\": \"!\""
            })
    void notesInASchemaLeaveTheAnswersAndRetryWhatHasNone(String begin) throws Exception {
        server.answering((id, params, before) ->
                isOdd(params) && !params.toString().contains("\"label\":{\"type\":\"string\",")
                        ? message("{}")
                        : message(GOOD));
        assertThat(pipeline.run(server, world).failed()).containsEntry("invalid_answer", 1L);

        pipeline.file(
                "schema.json",
                SCHEMA.replace("{\"type\": \"object\"", begin)
                        .replace(
                                "{\"type\": \"string\"}",
                                "{\"type\": \"string\", \"description\": \"one word\"}"));
        assertThat(pipeline.run(server, world).done()).isEqualTo(3);

        assertThat(server.requestsAccepted()).isEqualTo(3 + 1);
    }

    @Test
    void whatASchemaDemandsIsAskedAnew() throws Exception {
        pipeline.run(server, world);
        // A property may be called like a note, and what an enum holds is none.
        pipeline.file("schema.json", SCHEMA.replace("[\"a\", \"b\"]", "[\"a\"]"));
        pipeline.run(server, world);
        assertThat(server.requestsAccepted()).isEqualTo(6);
        pipeline.file("schema.json", SCHEMA.replace(", \"title\": {\"enum\": [\"a\", \"b\"]}", ""));
        pipeline.run(server, world);
        assertThat(server.requestsAccepted()).isEqualTo(9);
    }

    @Test
    void moreReasksTellTheModelWhatIsWrongWithTheAnswerThatWasSetAside() throws Exception {
        server.answering((id, params, before) ->
                isOdd(params) && before < 2 ? message("{\"labl\": 1}") : message(GOOD));
        assertThat(pipeline.run(server, world).failed()).containsEntry("invalid_answer", 1L);
        assertThat(pipeline.run(server, world).didNothing()).isTrue();
        pipeline.replacing("reask: 0", "reask: 1");
        assertThat(pipeline.run(server, world).failed())
                .as("told once, and wrong again")
                .containsEntry("invalid_answer", 1L);
        assertThat(server.requestsAccepted()).isEqualTo(3 + 1);
        assertThat(pipeline.run(server, world).didNothing()).isTrue();
        pipeline.replacing("reask: 1", "reask: 2");

        var summary = pipeline.run(server, world);

        assertThat(summary.done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3 + 2);
        var messages = server.batches().getLast().params.getFirst().path("messages");
        assertThat(messages.path(1).path("content").asString()).isEqualTo("{\"labl\": 1}");
        assertThat(messages.path(2).path("content").asString()).contains("label");
    }

    @Test
    void aBatchThatIsOutIsWaitedForAndWhatItCutOffIsAskedWithMore() throws Exception {
        server.endingAfterPolls(3);
        server.answering((id, params, before) ->
                isOdd(params) && params.path("max_tokens").asInt() == 100
                        ? message("{\"lab", "max_tokens")
                        : message(GOOD));
        leaveBatchOut();
        pipeline.replacing("max_tokens: 100", "max_tokens: 200");

        var waited = pipeline.run(server, world);

        assertThat(waited.done()).isEqualTo(2);
        assertThat(server.requestsAccepted()).as("nothing is paid for twice").isEqualTo(3);
        assertThat(pipeline.run(server, world).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3 + 1);
    }

    private void leaveBatchOut() throws Exception {
        var options = new RunOptions(false, true, RunOptions.withoutAsking().confirmation());
        var summary = pipeline.run(PipelineFolder.endpoint(server), world, 1000, options, _ -> {});
        assertThat(summary.batchesOut()).isEqualTo(1);
    }

    @Test
    void aPromptThatIsChangedBackFindsAnswersGivenUnderAnotherLimit() throws Exception {
        pipeline.run(server, world);
        pipeline.replacing("Say something", "Say much");
        pipeline.run(server, world);
        assertThat(server.requestsAccepted()).isEqualTo(6);

        pipeline.replacing("Say much", "Say something").replacing("100", "300");

        assertThat(pipeline.run(server, world).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(6);
    }

    /** The release before knew one hash, and counted no failures of what it set aside. */
    @ParameterizedTest
    @ValueSource(ints = {5, 7})
    void aStateOfTheReleaseBeforeAsksNothingAgainAndLearnsTheOtherHash(int release)
            throws Exception {
        server.answering((id, params, before) -> isOdd(params) ? message("{}") : message(GOOD));
        pipeline.run(server, world);
        if (release == 5) {
            pipeline.becomeStateOfRelease(5);
        } else {
            forgetQuestions();
        }

        assertThat(pipeline.run(server, world).failed()).containsEntry("invalid_answer", 1L);
        assertThat(server.requestsAccepted()).as("as it is").isEqualTo(3);

        server.answering((id, params, before) -> message(GOOD));
        pipeline.replacing("max_tokens: 100", "max_tokens: 200");
        assertThat(pipeline.run(server, world).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).as("with more tokens").isEqualTo(3 + 1);
    }

    private void forgetQuestions() throws Exception {
        try (var state = DriverManager.getConnection("jdbc:sqlite:" + pipeline.stateFile());
                var statement = state.createStatement()) {
            for (var table : new String[] {"record", "answer", "superseded"}) {
                statement.execute("alter table " + table + " drop column question");
            }
            statement.execute("update record set history = null");
            statement.execute("alter table output_file drop column seen");
            statement.execute("alter table output_file drop column contents");
            statement.execute("drop table following");
            statement.execute("drop table appended_file");
            statement.execute("drop table prompt");
            statement.execute("pragma user_version = 7");
        }
    }

    @Test
    void claudeIsGivenWhatItKeepsToAndItsAnswersAreHeldAgainstAllOfIt() throws Exception {
        pipeline.file(
                "schema.json",
                "{\"type\": \"object\", \"properties\": {\"label\": {\"type\": \"string\", \"maxLength\": 3}}}");

        var summary = pipeline.run(server, world);

        var sent = server.batches().getFirst().params.getFirst().at("/output_config/format/schema");
        assertThat(sent.path("additionalProperties").isBoolean()).isTrue();
        assertThat(sent.at("/properties/label").has("maxLength")).isFalse();
        assertThat(sent.at("/properties/label/description").asString()).contains("maxLength");
        assertThat(summary.failed()).as("\"good\" is too long").containsEntry("invalid_answer", 3L);
    }

    @Test
    void otherModelsAreGivenTheSchemaAsItStands() throws Exception {
        pipeline.replacing("claude-haiku-4-5", "qwen3-8b");

        pipeline.run(server, world);

        assertThat(
                        server.batches()
                                .getFirst()
                                .params
                                .getFirst()
                                .at("/output_config/format/schema")
                                .has("additionalProperties"))
                .isFalse();
    }
}
