package dev.nightmail.upstream.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.error.ErrorType;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
                .contains(new ErrorBody.Read("api_error", null));
    }

    @Test
    void anErrorOfNextYearIsOneToo() {
        assertThat(
                        read(
                                "{\"type\":\"error\",\"error\":{\"type\":\"new_error\",\"message\":\"m\"}}"))
                .contains(new ErrorBody.Read("new_error", null));
    }

    @Test
    void theMembersComeInAnyOrderAndMayBringACode() {
        assertThat(
                        read(
                                "{ \"request_id\":null,\n\"error\":{\"message\":\"m\",\"details\":{\"a\":{\"error_code\":1},\"error_code\":\"c\"},\"type\":\"t\"},\"type\":\"error\"}\n"))
                .contains(new ErrorBody.Read("t", "c"));
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
