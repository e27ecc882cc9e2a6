package dev.nightmail.wire.error;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.wire.error.ErrorMeaning.Cause;
import dev.nightmail.wire.error.ErrorMeaning.Failed;
import dev.nightmail.wire.error.ErrorMeaning.Fault;
import dev.nightmail.wire.error.ErrorMeaning.Lost;
import dev.nightmail.wire.error.ErrorMeaning.NoRoom;
import dev.nightmail.wire.error.ErrorMeaning.OfRequest;
import dev.nightmail.wire.error.ErrorMeaning.Ours;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorReadingTest {

    static Stream<Row> rows() {
        return Row.all();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatARealServerSaysIsReadForWhatItMeans(Row row) {
        var meaning = row.read();

        assertThat(described(meaning)).isEqualTo(row.expected());
        assertThat(meaning.error().message()).isEqualTo(row.message());
        assertThat(meaning.status()).isEqualTo(row.status());
    }

    @Test
    void theTableKnowsManyServers() {
        assertThat(Row.all().map(Row::name).distinct()).hasSizeGreaterThanOrEqualTo(100);
        assertThat(Row.all().map(Row::name)).doesNotHaveDuplicates();
    }

    private static String described(ErrorMeaning meaning) {
        var word =
                switch (meaning) {
                    case Ours(var cause, var _, var _) -> "Ours " + cause;
                    case OfRequest(var fault, var _, var _) -> "OfRequest " + fault;
                    case NoRoom(var overloaded, var _, var _) ->
                            "NoRoom " + (overloaded ? "OVERLOADED" : "RATE");
                    case Failed _ -> "Failed -";
                    case Lost _ -> "Lost -";
                };
        return word + " " + meaning.error().envelope();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\":\"Unexpected endpoint or method. (POST /chat/completions). Returning 200 anyway\"}|Ours WRONG_URL ERROR_TEXT",
                "{\"error\":{\"message\":\"bad field\",\"code\":400}}|OfRequest INVALID ERROR_OBJECT",
                "{\"error\":{\"message\":\"Insufficient credits\",\"code\":402}}|Ours NO_MONEY ERROR_OBJECT",
                "{\"error\":{\"message\":\"slow down\",\"code\":429}}|NoRoom RATE ERROR_OBJECT",
                "{\"error\":{\"message\":\"gone\",\"code\":502}}|Failed - ERROR_OBJECT",
                "{\"error\":{\"message\":\"no code at all\"}}|Failed - ERROR_OBJECT",
                "{\"choices\":[{\"finish_reason\":null,\"error\":{\"code\":502,\"message\":\"Upstream idle timeout\"},\"message\":{\"content\":\"half\"}}]}|Failed - ERROR_OBJECT",
                "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}|Failed - MESSAGES_API",
                "{\"object\":\"error\",\"message\":\"maximum context length is 10\",\"code\":500}|OfRequest CONTEXT_EXCEEDED ERROR_OBJECT",
                "{\"base_resp\":{\"status_code\":1008,\"status_msg\":\"insufficient balance\"}}|Ours NO_MONEY ERROR_OBJECT",
                "[{\"error\":{\"code\":404,\"message\":\"models/x is not found\"}}]|OfRequest NOT_FOUND ERROR_OBJECT",
            })
    void anErrorUnderASuccessIsReadByWhatItNames(String body, String expected) {
        assertThat(ErrorReading.readInAnswer(body.getBytes(UTF_8)))
                .map(ErrorReadingTest::described)
                .contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"message\":{\"content\":\"hi\"}}],\"error\":null}",
                "{\"choices\":[{\"message\":{\"content\":\"hi\"}}],\"error\":\"\"}",
                "{\"choices\":[{\"message\":{\"content\":\"hi\"}}],\"error\":{\"message\":\"\"}}",
                "{\"choices\":[{\"message\":{\"content\":\"hi\"}}],\"error\":{}}",
                "{\"choices\":[{\"message\":{\"content\":\"hi\"}}],\"base_resp\":{\"status_code\":0,\"status_msg\":\"\"}}",
                "{\"choices\":[{\"message\":{\"content\":\"hi\"}}],\"message\":\"ok\",\"detail\":\"none\"}",
                "not JSON",
                "",
            })
    void anAnswerWithAnEmptyErrorBesideItHasNone(String body) {
        assertThat(ErrorReading.readInAnswer(body.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void theRequestIdIsTheBodysOrElseTheHeaders() {
        assertThat(read(400, "request-id", "req_h", "{\"error\":\"x\",\"request_id\":\"req_b\"}"))
                .isEqualTo("req_b");
        assertThat(read(400, "request-id", "req_h", "{\"error\":\"x\",\"request_id\":null}"))
                .isEqualTo("req_h");
        assertThat(read(400, "x-request-id", "abc", "{\"error\":\"x\"}")).isEqualTo("abc");
        assertThat(read(400, "other", "abc", "{\"error\":\"x\"}")).isNull();
    }

    private static @org.jspecify.annotations.Nullable String read(
            int status, String header, String value, String body) {
        return ErrorReading.read(
                        status,
                        name -> name.equals(header) ? Optional.of(value) : Optional.empty(),
                        body.getBytes(UTF_8))
                .error()
                .requestId();
    }

    @Test
    void aDelayInTheBodyIsOneToo() {
        var meaning =
                ErrorReading.read(
                        429,
                        HeaderLookup.NONE,
                        "[{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\",\"message\":\"m\",\"details\":[{\"retryDelay\":\"34.5s\"}]}}]"
                                .getBytes(UTF_8));

        assertThat(meaning.error().retryAfter()).isEqualTo(Duration.ofMillis(34_500));
    }

    @Test
    void wordsWithoutEndAreCutAndNeverInTheMiddleOfACharacter() {
        var longWords = "x".repeat(3_999) + "😀".repeat(100);
        var meaning =
                ErrorReading.read(
                        400,
                        HeaderLookup.NONE,
                        ("{\"error\":\"" + longWords + "\"}").getBytes(UTF_8));

        assertThat(meaning.error().message()).isEqualTo("x".repeat(3_999) + "…");
    }

    @Test
    void errorsInErrorsAreFollowedAFewLevelsOnly() {
        var body = "{\"error\":\"x\"}";
        for (int level = 0; level < 50; level++) {
            body = "[" + body + "]";
        }
        var meaning = ErrorReading.read(400, HeaderLookup.NONE, body.getBytes(UTF_8));

        assertThat(meaning).isInstanceOf(Lost.class);
    }

    @Test
    void wordsMadeToBeReadForEverAreReadAtOnce() {
        var evil = "AError    ".repeat(400) + "!";
        var meaning =
                org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                        Duration.ofSeconds(5),
                        () ->
                                ErrorReading.read(
                                        400,
                                        HeaderLookup.NONE,
                                        ("{\"error\":\"" + evil + "\"}").getBytes(UTF_8)));

        assertThat(meaning).isInstanceOf(OfRequest.class);
    }

    @Test
    void anErrorNeverPrintsWhatItSays() {
        var meaning =
                ErrorReading.read(
                        400,
                        HeaderLookup.NONE,
                        "{\"error\":{\"message\":\"my prompt\",\"type\":\"t\"}}".getBytes(UTF_8));

        assertThat(meaning.toString()).doesNotContain("my prompt");
        assertThat(meaning).isInstanceOf(OfRequest.class);
        assertThat(((OfRequest) meaning).fault()).isEqualTo(Fault.INVALID);
        assertThat(Cause.values()).hasSize(6);
    }

    @Test
    void aCredentialIsTakenOutOfWords() {
        var redaction = Redaction.of("sk-ant-secret").and("  ").and("other-key");

        assertThat(redaction.in("key sk-ant-secret and other-key are wrong"))
                .isEqualTo("key *** and *** are wrong");
        assertThat(redaction.toString()).isEqualTo("***");
        assertThat(redaction.isNeeded("other-key")).isTrue();
        assertThat(Redaction.NONE.in("as it is")).isEqualTo("as it is");
    }
}
