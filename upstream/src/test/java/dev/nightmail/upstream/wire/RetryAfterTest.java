package dev.nightmail.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.upstream.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryAfterTest {

    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-11-21T07:28:00Z"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|PT0S",
                "7|PT7S",
                "1.5|PT1.5S",
                "-3|",
                "99999999999999999999|PT1H",
                "Infinity|PT1H",
                "NaN|",
                "soon|",
                "Sat, 21 Nov 2026 07:28:30 GMT|PT30S",
                "Sat, 21 Nov 2026 07:27:00 GMT|PT0S",
                "Sun, 22 Nov 2026 07:27:00 GMT|PT1H"
            })
    void secondsAndDatesAreReadWithinBounds(String value, Duration expected) {
        assertThat(RetryAfter.of(HttpHeaders.NONE.with("retry-after", value), CLOCK).orElse(null))
                .isEqualTo(expected);
    }

    @Test
    void millisecondsWin() {
        var headers = HttpHeaders.NONE.with("retry-after", "9").with("retry-after-ms", "250");

        assertThat(RetryAfter.of(headers, CLOCK)).contains(Duration.ofMillis(250));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x"})
    void unreadableMillisecondsLeaveItToSeconds(String millis) {
        var headers = HttpHeaders.NONE.with("retry-after", "9").with("retry-after-ms", millis);

        assertThat(RetryAfter.of(headers, CLOCK)).contains(Duration.ofSeconds(9));
    }

    @Test
    void nothingSaidIsNothingRead() {
        assertThat(RetryAfter.of(HttpHeaders.NONE, CLOCK)).isEmpty();
    }
}
