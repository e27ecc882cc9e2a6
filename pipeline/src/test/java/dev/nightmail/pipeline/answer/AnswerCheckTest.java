package dev.nightmail.pipeline.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.definition.OutputDefinition;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What is an answer among all that a model says. */
class AnswerCheckTest {

    private static final AnswerCheck WITH_SCHEMA =
            new AnswerCheck(
                    new OutputDefinition(
                            Path.of("answer.schema.json"),
                            (ObjectNode)
                                    JsonMapper.shared()
                                            .readTree(
                                                    """
                                                    {"type": ["object", "array"], "required": ["label"],
                                                     "properties": {"label": {"type": "string"}}}
                                                    """),
                            0));
    private static final AnswerCheck WITHOUT_SCHEMA = new AnswerCheck(null);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"label\": \"a\"}",
                "```json\n{\"label\": \"a\"}\n```",
                "```{\"label\": \"a\"}```",
                "```json {\"label\": \"a\"} ```",
                "Here it is:\n```JSON\n{\"label\": \"a\"}\n```\nAnything else?",
                "<think>A {brace} or [two].</think>\n{\"label\": \"a\"}",
                "The template wrote the tag.</think>{\"label\": \"a\"}",
                "Sure! Here is the JSON you asked for: {\"label\": \"a\"}.",
                "\uFEFF {\"label\": \"a\"} "
            })
    void jsonIsFoundInWhatStandsAroundIt(String text) {
        assertThat(WITH_SCHEMA.check(said(text)))
                .isEqualTo(new Verdict.Accepted("{\"label\":\"a\"}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"label\": \"a\"} or {\"label\": \"b\"}",
                "```{\"label\": \"a\"}``` or ```{\"label\": \"b\"}```",
                "<think>{\"label\": \"a\"}",
                "I cannot say.",
                "} {"
            })
    void whatIsNotClearIsNoAnswer(String text) {
        assertThat(WITH_SCHEMA.check(said(text)))
                .isInstanceOfSatisfying(
                        Verdict.Rejected.class,
                        rejected -> {
                            assertThat(rejected.kind()).isEqualTo(FailureKind.INVALID_ANSWER);
                            assertThat(rejected.text()).isEqualTo(text);
                        });
    }

    @Test
    void aTagInAnAnswerIsPartOfIt() {
        assertThat(WITH_SCHEMA.check(said("{\"label\": \"</think>\"}")))
                .isEqualTo(new Verdict.Accepted("{\"label\":\"</think>\"}"));
    }

    @Test
    void whatIsCalledIsTheAnswerAndNotWhatAnnouncesIt() {
        var call = message("{\"type\":\"text\",\"text\":\"Let me note that.\"}", call("1"));

        assertThat(WITHOUT_SCHEMA.check(call)).isEqualTo(new Verdict.Accepted("{\"n\":1}"));
    }

    @Test
    void ofSeveralCallsNoneIsLost() {
        var calls = message(call("1"), call("2"));

        assertThat(WITHOUT_SCHEMA.check(calls))
                .isEqualTo(new Verdict.Accepted("[{\"n\":1},{\"n\":2}]"));
    }

    private static String call(String number) {
        return "{\"type\":\"tool_use\",\"id\":\"t%s\",\"name\":\"note\",\"input\":{\"n\":%s}}"
                .formatted(number, number);
    }

    private static Message said(String text) {
        return message(
                JsonMapper.shared()
                        .createObjectNode()
                        .put("type", "text")
                        .put("text", text)
                        .toString());
    }

    private static Message message(String... blocks) {
        return Message.of(
                JsonMapper.shared()
                        .readTree(
                                "{\"content\":[%s],\"stop_reason\":\"end_turn\",\"model\":\"m\"}"
                                        .formatted(String.join(",", blocks))));
    }
}
