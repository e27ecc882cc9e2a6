package dev.nightmail.upstream.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AnswerSizeTest {

    /** Texts of nothing but one character, as it is written in JSON, at the bound and above. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a|20000000|true",
                "a|20000001|false",
                "\\n|10000001|true",
                "\\\"|16000000|true",
                "\\u00e9|5000000|true",
                "é|16000000|true",
                "😀|8000000|true",
            })
    void aTextMayHaveTwentyMillionCharactersHoweverTheyAreWritten(
            String character, int count, boolean readable) {
        var message = JsonBytes.of("{\"a\":\"" + character.repeat(count) + "\",\"b\":\"\"}");

        assertThat(AnswerSize.isReadable(message)).isEqualTo(readable);
    }

    @Test
    void aLineStaysBelow32Mebibytes() {
        var block = "{\"text\":\"" + "x".repeat(1 << 20) + "\"}";

        assertThat(
                        AnswerSize.isReadable(
                                JsonBytes.of("[" + (block + ",").repeat(30) + block + "]")))
                .isTrue();
        assertThat(
                        AnswerSize.isReadable(
                                JsonBytes.of("[" + (block + ",").repeat(31) + block + "]")))
                .isFalse();
    }

    @Test
    void theErrorSaysWhatToDoAndHasItsCode() {
        assertThat(new String(AnswerSize.error("claude", "req_1").array(), UTF_8))
                .contains(
                        "invalid_request_error",
                        "\"error_code\":\"answer_too_large\"",
                        "lower max_tokens",
                        "\"request_id\":\"req_1\"");
    }
}
