package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JitterMarginTest {

    private final JitterMargin margin = new JitterMargin();

    @ParameterizedTest
    @ValueSource(doubles = {0.002, 0.01, 0.03})
    void itSettlesWhereFewCallsAreEarlyHoweverMuchTheyScatter(double scatterSeconds) {
        var random = new Random(1);
        int early = 0;
        for (int call = 0; call < 100_000; call++) {
            boolean isEarly = random.nextExponential() * scatterSeconds > margin.seconds();
            if (isEarly) {
                margin.widen();
            } else {
                margin.narrow();
            }
            early += isEarly && call >= 20_000 ? 1 : 0;
        }

        assertThat(early / 80_000.0).isBetween(0.0005, 0.002);
    }

    @Test
    void itHasBounds() {
        for (int i = 0; i < 1_000; i++) {
            margin.widen();
        }
        assertThat(margin.seconds()).isEqualTo(0.25);

        for (int i = 0; i < 1_000_000; i++) {
            margin.narrow();
        }
        assertThat(margin.seconds()).isEqualTo(0.001);
    }
}
