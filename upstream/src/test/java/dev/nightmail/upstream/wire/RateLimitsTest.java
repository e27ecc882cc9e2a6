package dev.nightmail.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.upstream.http.HttpHeaders;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RateLimitsTest {

    private static HttpHeaders told(String limit, String counted, String remaining, String reset) {
        var prefix = "anthropic-ratelimit-" + limit;
        return HttpHeaders.NONE
                .with(prefix + "-limit", counted)
                .with(prefix + "-remaining", remaining)
                .with(prefix + "-reset", reset);
    }

    @ParameterizedTest
    @CsvSource({
        "requests, REQUESTS",
        "tokens, TOKENS",
        "input-tokens, INPUT_TOKENS",
        "output-tokens, OUTPUT_TOKENS"
    })
    void everyLimitIsRead(String name, Limit limit) {
        assertThat(RateLimits.headroom(told(name, "4000", "17", "2026-11-21T07:28:00+01:00")))
                .isEqualTo(
                        new Headroom(
                                Map.of(
                                        limit,
                                        new Allowance(
                                                4000, 17, Instant.parse("2026-11-21T06:28:00Z")))));
    }

    @Test
    void aServiceThatSaysNothingLeavesItUntold() {
        assertThat(RateLimits.headroom(HttpHeaders.NONE.with("retry-after", "1")))
                .isSameAs(Headroom.UNTOLD);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 17, 2026-11-21T07:28:00Z",
        "4000, -17, 2026-11-21T07:28:00Z",
        "4000, many, 2026-11-21T07:28:00Z",
        "99999999999999999999, 17, 2026-11-21T07:28:00Z"
    })
    void whatCannotBeReadIsLeftOut(String limit, String remaining, String reset) {
        var headers =
                told("tokens", limit, remaining, reset)
                        .with("anthropic-ratelimit-requests-limit", "5")
                        .with("anthropic-ratelimit-requests-remaining", "4")
                        .with("anthropic-ratelimit-requests-reset", "2026-11-21T07:28:00Z");

        assertThat(RateLimits.headroom(headers).allowances()).containsOnlyKeys(Limit.REQUESTS);
    }

    @Test
    void aLimitThatDoesNotSayWhatIsLeftIsLeftOut() {
        assertThat(
                        RateLimits.headroom(
                                HttpHeaders.NONE
                                        .with("anthropic-ratelimit-requests-limit", "5")
                                        .with(
                                                "anthropic-ratelimit-requests-reset",
                                                "2026-11-21T07:28:00Z")))
                .isSameAs(Headroom.UNTOLD);
    }

    @Test
    void whenItIsFullMayBeMissing() {
        assertThat(
                        RateLimits.headroom(
                                HttpHeaders.NONE
                                        .with("anthropic-ratelimit-requests-limit", "5")
                                        .with("anthropic-ratelimit-requests-remaining", "4")))
                .isEqualTo(new Headroom(Map.of(Limit.REQUESTS, new Allowance(5, 4, null))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomorrow", "1732174080", "2026-11-21 07:28:00", "1s", ""})
    void whenItIsFullMayBeNoTime(String reset) {
        assertThat(RateLimits.headroom(told("requests", "5", "4", reset)))
                .isEqualTo(new Headroom(Map.of(Limit.REQUESTS, new Allowance(5, 4, null))));
    }
}
