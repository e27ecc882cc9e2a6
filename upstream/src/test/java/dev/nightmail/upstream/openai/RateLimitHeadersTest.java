package dev.nightmail.upstream.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.upstream.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RateLimitHeadersTest {

    private static final Instant NOW = Instant.parse("2026-11-21T07:28:00Z");

    private static Headroom headroom(HttpHeaders headers) {
        return RateLimitHeaders.headroom(headers, InstantSource.fixed(NOW));
    }

    @Test
    void bothLimitsAreRead() {
        var headers =
                HttpHeaders.NONE
                        .with("x-ratelimit-limit-requests", "10000")
                        .with("x-ratelimit-remaining-requests", "9999")
                        .with("x-ratelimit-reset-requests", "6ms")
                        .with("x-ratelimit-limit-tokens", "2000000")
                        .with("x-ratelimit-remaining-tokens", "1999000")
                        .with("x-ratelimit-reset-tokens", "6m0s");

        assertThat(headroom(headers))
                .isEqualTo(
                        new Headroom(
                                Map.of(
                                        Limit.REQUESTS,
                                        new Allowance(10_000, 9_999, NOW.plusMillis(6)),
                                        Limit.TOKENS,
                                        new Allowance(
                                                2_000_000, 1_999_000, NOW.plusSeconds(360)))));
    }

    @Test
    void aLimitThatIsToldInPartsOnlyIsNotTold() {
        assertThat(headroom(HttpHeaders.NONE)).isEqualTo(Headroom.UNTOLD);
        assertThat(
                        headroom(
                                HttpHeaders.NONE
                                        .with("x-ratelimit-limit-requests", "10000")
                                        .with("x-ratelimit-remaining-requests", "-1")
                                        .with("x-ratelimit-reset-requests", "1s")))
                .isEqualTo(Headroom.UNTOLD);
    }

    @Test
    void whenItIsFullMayBeMissing() {
        assertThat(
                        headroom(
                                HttpHeaders.NONE
                                        .with("x-ratelimit-limit-requests", "60")
                                        .with("x-ratelimit-remaining-requests", "59")))
                .isEqualTo(new Headroom(Map.of(Limit.REQUESTS, new Allowance(60, 59, null))));
    }

    @ParameterizedTest
    @CsvSource({
        "1s,PT1S",
        "20ms,PT0.02S",
        "6m0s,PT6M",
        "1m30.5s,PT1M30.5S",
        "2h1m,PT2H1M",
        "1d2h,PT24H",
        "7.66s,PT7.66S",
        "59.9,PT59.9S",
        "500us,PT0.0005S",
        "400h,PT24H",
    })
    void aResetIsADuration(String text, Duration duration) {
        assertThat(RateLimitHeaders.duration(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "s", "1x", "-1s", "1..2s", "2026-11-21T07:28:00Z", "1 s", "ms20"})
    void whatIsNoDurationIsNone(String text) {
        assertThat(RateLimitHeaders.duration(text)).isEmpty();
    }
}
