package dev.nightmail.upstream.simulator.service;

import static dev.nightmail.upstream.simulator.service.Scene.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.error.ErrorType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write of limits and brown-outs. */
final class RuleTextTest {

    @Test
    void aLimitIsANumberAndMayChange() {
        assertThat(PerMinute.parse(" 600 ")).isEqualTo(PerMinute.of(600));
        assertThat(PerMinute.parse("600 300@10m 1200@0.5h"))
                .isEqualTo(PerMinute.of(600).then(seconds(600), 300).then(seconds(1800), 1200));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "many",
                "0",
                "600 300",
                "600 300@",
                "600 @5m",
                "600 300@5m 200@5m",
                "600 300@2d",
                "1000000000"
            })
    void aLimitThatMakesNoSenseIsRefused(String text) {
        assertThatThrownBy(() -> PerMinute.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBrownOutHasTimesAndSaysWhatIsBad() {
        assertThat(
                        BrownOut.parse(
                                "from=60s;until=2m;failing=0.3;error=overloaded until=500ms;slow=4"))
                .containsExactly(
                        BrownOut.failing(
                                seconds(60), seconds(120), 0.3, ErrorType.OVERLOADED_ERROR),
                        BrownOut.slow(Duration.ZERO, Duration.ofMillis(500), 4));
        assertThat(BrownOut.parse("until=1m;failing=1"))
                .containsExactly(
                        BrownOut.failing(
                                Duration.ZERO, Duration.ofMinutes(1), 1, ErrorType.API_ERROR));
        assertThat(BrownOut.parse(" ")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from=1s;failing=1 | until",
                "until=1m | failing",
                "until=1m;failing=2 | between 0 and 1",
                "until=1m;failing=x | failing=x must be a number",
                "until=1m;slow=0.5 | between 1 and 1000",
                "until=1m;failing=1;error=cut | none of api, timeout, overloaded",
                "until=1m;broken=1 | is none of from, until, failing, error, slow",
                "from=2m;until=1m;failing=1 | has no length",
                "until | key=value"
            })
    void oneThatMakesNoSenseIsRefusedWithWhatMayStandThere(String text, String reason) {
        assertThatThrownBy(() -> BrownOut.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
