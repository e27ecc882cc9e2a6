package dev.nightmail.upstream.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.wire.error.Redaction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ErrorBodyTest {

    @Test
    void anErrorIsWrittenAsTheWireHasIt() {
        assertThat(
                        new String(
                                ErrorBody.of(ErrorType.OVERLOADED_ERROR, "say \"when\"\n", "req_1")
                                        .array(),
                                UTF_8))
                .isEqualTo(
                        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"say \\\"when\\\"\\n\"},\"request_id\":\"req_1\"}");
    }

    @Test
    void aMissingRequestIdIsNull() {
        assertThat(new String(ErrorBody.of(ErrorType.API_ERROR, "x", null).array(), UTF_8))
                .endsWith(",\"request_id\":null}");
    }

    @Test
    void whatIsWrittenHasTheWiresShape() {
        assertThat(ErrorBody.read(ErrorBody.of(ErrorType.API_ERROR, "x", null).array()))
                .contains(new ErrorBody.Read("api_error", "x"));
    }

    @Test
    void anErrorOfNextYearIsOneToo() {
        assertThat(
                        read(
                                "{\"type\":\"error\",\"error\":{\"type\":\"new_error\",\"message\":\"m\"}}"))
                .contains(new ErrorBody.Read("new_error", "m"));
    }

    @Test
    void theMembersComeInAnyOrderAndMayBringACode() {
        assertThat(
                        read(
                                "{ \"request_id\":null,\n\"error\":{\"message\":\"m\",\"details\":{\"a\":{\"error_code\":1},\"error_code\":\"c\"},\"type\":\"t\"},\"type\":\"error\"}\n"))
                .contains(new ErrorBody.Read("t", "m"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"error\"}|req_h|{\"type\":\"error\",\"request_id\":\"req_h\"}",
                "{\"type\":\"error\"}||{\"type\":\"error\",\"request_id\":null}",
                "{}||{\"request_id\":null}",
                "{\"request_id\":null,\"a\":1}|req_h|{\"request_id\":\"req_h\",\"a\":1}",
                "{\"request_id\":null}||{\"request_id\":null}",
                "{\"request_id\":\"req_b\"}|req_h|{\"request_id\":\"req_b\"}",
                "{\"request_id\":\"\"}||{\"request_id\":null}",
                "{\"request_id\":17 }|r\"h|{\"request_id\":\"r\\\"h\" }",
                "{\"request_id\":{\"a\":[1]}}|req_h|{\"request_id\":\"req_h\"}",
                "{\"error\":{\"request_id\":\"inner\"}}|req_h|{\"error\":{\"request_id\":\"inner\"},\"request_id\":\"req_h\"}",
            })
    void aRequestIdIsAlwaysThereAStringOrNull(
            String body, @Nullable String requestId, String completed) {
        assertThat(ErrorBody.completed(body.getBytes(UTF_8), requestId))
                .map(json -> new String(json.array(), UTF_8))
                .contains(completed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{} {}", "text"})
    void whatIsNoObjectIsNotCompleted(String body) {
        assertThat(ErrorBody.completed(body.getBytes(UTF_8), "req_h")).isEmpty();
    }

    @Test
    void aCredentialIsFoundHoweverItIsEscaped() {
        var redaction = Redaction.of("sk-key");

        assertThat(holds("{\"a\":[\"my sk\\u002dkey\"]}", redaction)).isTrue();
        assertThat(holds("{\"sk-key\":1}", redaction)).isTrue();
        assertThat(holds("{\"a\":\"sk-ke\"}", redaction)).isFalse();
    }

    private static boolean holds(String body, Redaction redaction) {
        return ErrorBody.holds(body.getBytes(UTF_8), redaction);
    }

    @Test
    void aCodeOfOurOwnStandsInTheDetails() {
        assertThat(new String(ErrorBody.of(ErrorType.API_ERROR, "m", null, "c").array(), UTF_8))
                .isEqualTo(
                        "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"m\",\"details\":{\"error_code\":\"c\"}},\"request_id\":null}");
    }

    private static Optional<ErrorBody.Read> read(String body) {
        return ErrorBody.read(body.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "{\"error\":\"no such model\"}",
                "{\"error\":{\"type\":\"t\",\"message\":\"m\"}}",
                "{\"type\":\"error\",\"error\":{\"type\":\"t\"}}",
                "{\"type\":\"error\",\"error\":{\"type\":1,\"message\":\"m\"}}",
                "{\"type\":\"error\",\"error\":{\"type\":\"t\",\"message\":\"m\"}} trailing",
                "{\"type\":\"error\",\"error\":{\"type\":\"t\",\"message\":\"m\"}"
            })
    void whatIsNotAnErrorOfThisApiIsNotTakenForOne(String body) {
        assertThat(read(body)).isEmpty();
    }
}
