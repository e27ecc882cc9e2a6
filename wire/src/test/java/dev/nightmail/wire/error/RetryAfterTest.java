package dev.nightmail.wire.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryAfterTest {

    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-11-21T07:28:00Z"));

    private static HeaderLookup headers(String name, String value) {
        return asked -> asked.equals(name) ? Optional.of(value) : Optional.empty();
    }

    private static HeaderLookup headers(String name, String value, String other, String more) {
        var all = Map.of(name, value, other, more);
        return asked -> Optional.ofNullable(all.get(asked));
    }

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
        assertThat(RetryAfter.of(headers("retry-after", value), CLOCK).orElse(null))
                .isEqualTo(expected);
    }

    @Test
    void millisecondsWin() {
        var headers = headers("retry-after", "9", "retry-after-ms", "250");

        assertThat(RetryAfter.of(headers, CLOCK)).contains(Duration.ofMillis(250));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x"})
    void unreadableMillisecondsLeaveItToSeconds(String millis) {
        var headers = headers("retry-after", "9", "retry-after-ms", millis);

        assertThat(RetryAfter.of(headers, CLOCK)).contains(Duration.ofSeconds(9));
    }

    @Test
    void nothingSaidIsNothingRead() {
        assertThat(RetryAfter.of(HeaderLookup.NONE, CLOCK)).isEmpty();
    }
}
