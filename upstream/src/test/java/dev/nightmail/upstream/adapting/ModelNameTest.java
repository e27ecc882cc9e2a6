package dev.nightmail.upstream.adapting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {

    @Test
    void onlyTheModelsOwnNameIsReplaced() {
        assertThat(
                        replaced(
                                """
                                {"messages":[{"role":"user","content":"{\\"model\\":\\"a\\"}"}], \
                                "metadata":{"model":"a"} , "model" : "a" ,"max_tokens":1}\
                                """))
                .isEqualTo(
                        """
                        {"messages":[{"role":"user","content":"{\\"model\\":\\"a\\"}"}], \
                        "metadata":{"model":"a"} , "model" : "qwen3-8b" ,"max_tokens":1}\
                        """);
    }

    @Test
    void aNameThatIsGivenTwiceIsReplacedTwice() {
        assertThat(replaced("{\"model\":\"a\",\"model\":{\"b\":[1]},\"x\":\"ü\"}"))
                .isEqualTo("{\"model\":\"qwen3-8b\",\"model\":\"qwen3-8b\",\"x\":\"ü\"}");
    }

    @Test
    void offsetsCountBytesAndNotCharacters() {
        assertThat(replaced("{\"system\":\"日本語 🌙\",\"model\":\"käse\"}"))
                .isEqualTo("{\"system\":\"日本語 🌙\",\"model\":\"qwen3-8b\"}");
    }

    @Test
    void theNewNameIsEscaped() {
        assertThat(replaced("{\"model\":1}", "a\"b\\")).isEqualTo("{\"model\":\"a\\\"b\\\\\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{", "{\"max_tokens\":1}", "{\"model\":\"a\"", "\"model\"", ""})
    void whatNamesNoModelStaysAsItIs(String body) {
        assertThat(replaced(body)).isEqualTo(body);
    }

    private static String replaced(String body) {
        return replaced(body, "qwen3-8b");
    }

    private static String replaced(String body, String model) {
        return new String(ModelName.replaced(JsonBytes.of(body), model).array(), UTF_8);
    }
}
