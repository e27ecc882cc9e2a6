package dev.nightmail.upstream.openai;

import static dev.nightmail.upstream.openai.Odd.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Requests that servers of the other API take only in a certain form. */
final class OddRequestsTest {

    private static final String GO = "\"messages\":[{\"role\":\"user\",\"content\":\"Go.\"}]";

    private static JsonNode sent(String fields) throws RefusedException {
        return JSON.readTree(Odd.request(fields).body());
    }

    // One string

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{\"type\":\"text\",\"text\":\"One.\"},{\"type\":\"text\",\"text\":\"Two.\",\"cache_control\":{\"type\":\"ephemeral\"}}]|One.¶¶Two.",
                "[{\"type\":\"text\",\"text\":\"One.\"},{\"type\":\"text\",\"text\":\"\"},{\"type\":\"text\",\"text\":\"é\\n\"}]|One.¶¶é¶",
                "[{\"type\":\"text\",\"text\":\"One.\"}]|One.",
            })
    void aSystemPromptIsOneString(String system, String expected) throws Exception {
        var content = sent("\"system\":" + system + "," + GO).at("/messages/0/content");

        assertThat(content.isString()).isTrue();
        assertThat(content.asString()).isEqualTo(expected.replace('¶', '\n'));
    }

    @Test
    void systemMessagesInARowAreOneString() throws Exception {
        var sent =
                sent(
                        "\"system\":\"One.\",\"messages\":[{\"role\":\"system\",\"content\":\"Two.\"},{\"role\":\"user\",\"content\":\"Go.\"}]");

        assertThat(sent.at("/messages/0/content").asString()).isEqualTo("One.\n\nTwo.");
        assertThat(sent.at("/messages/1/role").asString()).isEqualTo("user");
    }

    @Test
    void whatTheAssistantSaidInBlocksIsOneString() throws Exception {
        var sent =
                sent(
                        "\"messages\":[{\"role\":\"user\",\"content\":\"Go.\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"One.\"},{\"type\":\"text\",\"text\":\"Two.\"}]},{\"role\":\"user\",\"content\":\"On.\"}]");

        assertThat(sent.at("/messages/1/content").asString()).isEqualTo("One.\n\nTwo.");
    }

    // Users

    @Test
    void aUserOfUsualLengthIsPassedOn() throws Exception {
        var longest = "u".repeat(64);

        assertThat(user(longest)).isEqualTo(longest);
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 191, 512})
    void aLongUserIsShortenedToTheSameEachTime(int length) throws Exception {
        var user = "user_" + "a".repeat(length - 6);

        assertThat(user(user + "1")).hasSize(64).isEqualTo(user(user + "1"));
        assertThat(user(user + "1")).isNotEqualTo(user(user + "2"));
    }

    private static String user(String id) throws RefusedException {
        return sent("\"metadata\":{\"user_id\":\"" + id + "\"}," + GO).path("user").asString();
    }

    // Thoughts that come back

    private static String turn(String... blocks) {
        return "\"messages\":[{\"role\":\"user\",\"content\":\"Go.\"},{\"role\":\"assistant\",\"content\":["
                + String.join(",", blocks)
                + "]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":\"1\"}]}]";
    }

    private static final String THOUGHT =
            "{\"type\":\"thinking\",\"thinking\":\"Hm \\u00e9.\",\"signature\":\"\"}";
    private static final String CALL =
            "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"now\",\"input\":{}}";

    @Test
    void theThoughtBeforeACallGoesBackToItsServer() throws Exception {
        var message = sent(turn(THOUGHT, CALL)).at("/messages/1");

        assertThat(message.path("reasoning_content").asString()).isEqualTo("Hm é.");
        assertThat(message.path("content").isNull()).isTrue();
        assertThat(message.at("/tool_calls/0/id").asString()).isEqualTo("t");
    }

    @Test
    void severalThoughtsGoBackAsOneWithWhatWasSaid() throws Exception {
        var message =
                sent(turn(
                                THOUGHT,
                                "{\"type\":\"text\",\"text\":\"Let me see.\"}",
                                "{\"type\":\"thinking\",\"thinking\":\"So.\"}",
                                CALL))
                        .at("/messages/1");

        assertThat(message.path("reasoning_content").asString()).isEqualTo("Hm é.\n\nSo.");
        assertThat(message.path("content").asString()).isEqualTo("Let me see.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Claude's, and one that was not shown.
                "{\"type\":\"thinking\",\"thinking\":\"Hm.\",\"signature\":\"EqQB\"}",
                "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}",
                "{\"type\":\"redacted_thinking\",\"data\":\"EqQB\"}",
            })
    void thoughtsOfOthersDoNot(String thought) throws Exception {
        var message = sent(turn(thought, CALL)).at("/messages/1");

        assertThat(message.has("reasoning_content")).isFalse();
        assertThat(message.at("/tool_calls/0").has("extra_content")).isFalse();
    }

    @Test
    void thoughtsOfATurnWithoutACallDoNot() throws Exception {
        var sent =
                sent(
                        "\"messages\":[{\"role\":\"user\",\"content\":\"Go.\"},{\"role\":\"assistant\",\"content\":["
                                + THOUGHT
                                + ",{\"type\":\"text\",\"text\":\"Gone.\"}]},{\"role\":\"user\",\"content\":\"On.\"}]");

        assertThat(sent.at("/messages/1").has("reasoning_content")).isFalse();
    }

    // Signatures of thoughts

    private static final String SIGNED =
            "{\"index\":0,\"id\":\"t\",\"function\":{\"name\":\"now\",\"arguments\":\"{}\"},\"extra_content\":{\"google\":{\"thought_signature\":\"AbC+/=\"}}}";

    @Test
    void theSignatureOfACallTravelsThroughTheClientAndBack() throws Exception {
        var plain = Odd.plain(Odd.thinking(), Odd.calling(SIGNED, OTHER));
        var streamed = Odd.streamed(Odd.thinking(), Odd.stream(SIGNED, OTHER));
        assertThat(streamed.path("content")).isEqualTo(plain.path("content"));
        assertThat(plain.at("/content/0/type").asString()).isEqualTo("redacted_thinking");

        var blocks =
                plain.path("content").values().stream()
                        .map(JSON::writeValueAsString)
                        .toArray(String[]::new);
        var calls = sent(turn(blocks)).at("/messages/1/tool_calls");

        assertThat(calls.at("/0/extra_content/google/thought_signature").asString())
                .isEqualTo("AbC+/=");
        assertThat(calls.get(1).has("extra_content")).isFalse();
    }

    private static final String OTHER =
            "{\"index\":1,\"id\":\"u\",\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}";

    @Test
    void aClientThatKnowsNoThoughtsGetsNone() throws Exception {
        assertThat(Odd.plain(Odd.request(), Odd.calling(SIGNED)).path("content")).hasSize(1);
        assertThat(Odd.streamed(Odd.request(), Odd.stream(SIGNED)).path("content")).hasSize(1);
    }

    // Fields

    @Test
    void aPlainCallSaysThatItIsNoStream() throws Exception {
        assertThat(sent(GO).path("stream")).isEqualTo(JSON.readTree("false"));
        assertThat(sent("\"stream\":false," + GO).path("stream")).isEqualTo(JSON.readTree("false"));
        assertThat(sent("\"stream\":true," + GO).path("stream")).isEqualTo(JSON.readTree("true"));
    }

    @Test
    void samplingIsWhatTheClientAsksFor() throws Exception {
        var sent = sent("\"temperature\":0.70,\"top_p\":0.9,\"top_k\":40," + GO);

        assertThat(sent.path("temperature").asDouble()).isEqualTo(0.7);
        assertThat(sent.path("top_p").asDouble()).isEqualTo(0.9);
        assertThat(sent.path("top_k").asInt()).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"edits\":[]}", "{}", "null", "{\"edits\":null}"})
    void managementOfTheContextThatAsksForNothingIsLeftOut(String management) throws Exception {
        assertThat(sent("\"context_management\":" + management + "," + GO).propertyNames())
                .containsExactly("model", "messages", "max_tokens", "stream");
    }

    @Test
    void anEditOfTheContextIsRefused() {
        assertThatThrownBy(() ->
                        sent(
                                "\"context_management\":{\"edits\":[{\"type\":\"clear_thinking_20251015\"}]},"
                                        + GO))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("context_management.edits");
    }
}
