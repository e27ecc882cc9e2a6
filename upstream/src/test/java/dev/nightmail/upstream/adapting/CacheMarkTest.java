package dev.nightmail.upstream.adapting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheMarkTest {

    @Test
    void theLastBlockOfTheSystemPromptIsMarked() {
        assertThat(
                        marked(
                                """
                                {"tools":[{"name":"a"}],"system":[{"type":"text","text":"ä"}, \
                                {"type":"text","text":"b" } ],"messages":[]}\
                                """))
                .isEqualTo(
                        """
                        {"tools":[{"name":"a"}],"system":[{"type":"text","text":"ä"}, \
                        {"type":"text","text":"b" ,"cache_control":{"type":"ephemeral"}} ],"messages":[]}\
                        """);
    }

    @Test
    void aSystemPromptThatIsAStringBecomesABlock() {
        assertThat(marked("{\"system\" : \"You are \\\"Ä\\\" 🌙\" ,\"model\":\"m\"}"))
                .isEqualTo(
                        "{\"system\" : [{\"type\":\"text\",\"text\":\"You are \\\"Ä\\\" 🌙\",\"cache_control\":{\"type\":\"ephemeral\"}}] ,\"model\":\"m\"}");
    }

    @Test
    void withoutASystemPromptTheLastToolIsMarked() {
        assertThat(marked("{\"tools\":[{\"name\":\"a\"},{\"name\":\"b\",\"input_schema\":{}}]}"))
                .isEqualTo(
                        "{\"tools\":[{\"name\":\"a\"},{\"name\":\"b\",\"input_schema\":{},\"cache_control\":{\"type\":\"ephemeral\"}}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"system\":\"\"}",
                "{\"system\":[]}",
                "{\"system\":[{}]}",
                "{\"system\":[1]}",
                "{\"system\":3,\"tools\":{}}",
                "{\"system\":\"a\"",
                "[]"
            })
    void whereNothingCanBeMarkedTheBodyStaysAsItIs(String body) {
        assertThat(marked(body)).isEqualTo(body);
    }

    private static String marked(String body) {
        return new String(CacheMark.put(JsonBytes.of(body)).array(), UTF_8);
    }
}
