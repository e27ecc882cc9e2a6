package dev.nightmail.wire.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.wire.batch.CreateOutcome;
import dev.nightmail.wire.batch.CreateOutcome.InDoubt;
import dev.nightmail.wire.batch.CreateOutcome.Made;
import dev.nightmail.wire.batch.CreateOutcome.Refused;
import dev.nightmail.wire.batch.CreateOutcome.TurnedAway;
import dev.nightmail.wire.error.HeaderLookup;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreateReadingTest {

    private static final String BATCH =
            "{\"id\":\"msgbatch_1\",\"processing_status\":\"in_progress\"}";

    private static CreateOutcome answered(int status, String body) {
        return CreateReading.answered(status, HeaderLookup.NONE, body.getBytes(UTF_8));
    }

    private static String error(String type, String message) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"%s\"}}"
                .formatted(type, message);
    }

    static IntStream everyStatus() {
        return IntStream.range(200, 600).filter(status -> status != 413);
    }

    @ParameterizedTest
    @MethodSource("everyStatus")
    void aPageProvesNothingUnderAnyStatus(int status) {
        assertThat(answered(status, "<html><body>Sign in</body></html>"))
                .isInstanceOf(InDoubt.class);
        assertThat(answered(status, "")).isInstanceOf(InDoubt.class);
        assertThat(answered(status, "{\"error\":{\"message\":\"no\",\"type\":\"x\"}}"))
                .as("another API's envelope")
                .isInstanceOf(InDoubt.class);
    }

    @Test
    void whoSaysThatTheBodyIsTooLargeHasNotPassedItOn() {
        assertThat(answered(413, "<html>too large</html>")).isInstanceOf(Refused.class);
        assertThat(answered(413, error("request_too_large", "256 MB at most")))
                .isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202})
    void aBatchIsMadeUnderAnySuccess(int status) {
        assertThat(answered(status, "\uFEFF" + BATCH))
                .isInstanceOfSatisfying(
                        Made.class, made -> assertThat(made.batch().id()).isEqualTo("msgbatch_1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"msgbat",
                "{\"id\":5,\"processing_status\":\"ended\"}",
                "{\"id\":\"\",\"processing_status\":\"ended\"}",
                "{\"id\":\"msgbatch_1\"}",
                "[]",
                "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"no\"}}"
            })
    void aSuccessWithoutABatchProvesNothing(String body) {
        assertThat(answered(200, body)).isInstanceOf(InDoubt.class);
    }

    @ParameterizedTest
    @CsvSource({
        "429, rate_limit_error",
        "529, overloaded_error",
        "503, overloaded_error",
        "507, api_error",
        "401, authentication_error",
        "402, billing_error",
        "400, billing_error"
    })
    void theServicesOwnWordThatItTakesNothingIsBelieved(int status, String type) {
        assertThat(answered(status, error(type, "not now"))).isInstanceOf(TurnedAway.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 500, 502, 504})
    void aFaultMayComeAfterTheWork(int status) {
        assertThat(answered(status, error("api_error", "oh"))).isInstanceOf(InDoubt.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 500, 503, 529})
    void thatItIsNotToBeSentAgainDoesNotSayThatItWasNotDone(int status) {
        HeaderLookup notAgain =
                name -> name.equals("x-should-retry") ? Optional.of("false") : Optional.empty();

        assertThat(
                        CreateReading.answered(
                                status, notAgain, error("api_error", "oh").getBytes(UTF_8)))
                .isInstanceOf(InDoubt.class);
    }

    @Test
    void aRefusalNamesTheRequestAtFaultIfItCan() {
        assertThat(answered(400, error("invalid_request_error", "requests.3.params: no")))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.positions()).containsExactly(3));
        assertThat(answered(422, error("invalid_request_error", "no")))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.positions()).isEmpty());
    }
}
