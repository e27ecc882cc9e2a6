package dev.nightmail.wire.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.wire.batch.CreateOutcome.Refused;
import dev.nightmail.wire.error.HeaderLookup;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultyRequestsTest {

    private static Set<Integer> named(String error) {
        return CreateReading.answered(400, HeaderLookup.NONE, error.getBytes(UTF_8))
                        instanceof Refused refused
                ? refused.positions()
                : Set.of();
    }

    @ParameterizedTest
    @CsvSource({
        "requests.17.params.model: Field required, 17",
        "requests[3].custom_id: no, 3",
        "requests.0: no, 0",
        "requests.5 is too long, 5"
    })
    void theRequestWithWhichTheMessageBeginsIsAtFault(String message, int position) {
        assertThat(FaultyRequests.in(message)).containsExactly(position);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model: requests.0. requests.1. is no model",
                "'requests.1.' is no model",
                " requests.1.params: no",
                "requests: at most 100000",
                "requests.x.params: no",
                "requests.1",
                "myrequests.1.params: no",
                ""
            })
    void whatItSaysLaterOrOtherwiseNamesNobody(String message) {
        assertThat(FaultyRequests.in(message)).isEmpty();
    }

    @Test
    void ofSeveralOnlyTheFirstIsBelieved() {
        assertThat(FaultyRequests.in("requests.2.params.model: requests.0. ; requests.1.x: no"))
                .containsExactly(2);
    }

    @Test
    void othersFieldsThatAreCalledSoNameNobody() {
        assertThat(
                        named(
                                "{\"type\":\"error\",\"error\":{\"type\":\"t\",\"message\":\"requests.3.x\"}}"))
                .containsExactly(3);
        assertThat(
                        named(
                                "{\"type\":\"error\",\"message\":\"requests.1.x\",\"error\":{\"type\":\"t\",\"details\":{\"message\":\"requests.2.x\"},\"message\":\"no\"}}"))
                .isEmpty();
        assertThat(
                        named(
                                "{\"message\":\"requests.1.x\",\"error\":{\"details\":{\"message\":\"requests.2.x\"},\"message\":\"no\"}}"))
                .isEmpty();
        assertThat(named("requests.1.x: no")).isEmpty();
        assertThat(named("[\"requests.1.x\"]")).isEmpty();
    }
}
