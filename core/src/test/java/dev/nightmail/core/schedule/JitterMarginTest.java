package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JitterMarginTest {

    private static final double ANY = 1;

    @ParameterizedTest
    @ValueSource(doubles = {0.002, 0.01, 0.03})
    void itSettlesWhereFewCallsAreEarlyHoweverMuchTheyScatter(double scatterSeconds) {
        assertThat(early(JitterMargin.roomy(), scatterSeconds)).isBetween(0.0005, 0.002);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.000_1, 0.002, 0.01})
    void whereThereIsNoRoomAFewMoreAreEarly(double scatterSeconds) {
        assertThat(early(JitterMargin.tight(), scatterSeconds)).isBetween(0.001, 0.004);
    }

    private static double early(JitterMargin margin, double scatterSeconds) {
        var random = new Random(1);
        int early = 0;
        for (int call = 0; call < 100_000; call++) {
            boolean isEarly = random.nextExponential() * scatterSeconds > margin.seconds();
            if (isEarly) {
                margin.widen();
            } else {
                margin.narrow(ANY);
            }
            early += isEarly && call >= 20_000 ? 1 : 0;
        }
        return early / 80_000.0;
    }

    @Test
    void whereThereIsNoRoomItIsSoonSmallUntilACallWasEarly() {
        var margin = JitterMargin.tight();
        assertThat(margin.seconds()).isEqualTo(0.001);

        narrow(margin, 100);
        assertThat(margin.seconds()).isLessThan(0.000_4);

        margin.widen();
        double widened = margin.seconds();
        narrow(margin, 100);
        assertThat(margin.seconds()).isGreaterThan(0.9 * widened);
    }

    private static void narrow(JitterMargin margin, int calls) {
        for (int call = 0; call < calls; call++) {
            margin.narrow(ANY);
        }
    }

    @Test
    void refusalsInARowWidenItOnce() {
        for (var margin : List.of(JitterMargin.roomy(), JitterMargin.tight())) {
            margin.widen();
            double widened = margin.seconds();

            margin.widen();
            assertThat(margin.seconds()).isEqualTo(widened);

            narrow(margin, 5);
            margin.widen();
            assertThat(margin.seconds()).isGreaterThan(1.2 * widened);
        }
    }

    @Test
    void itHasBounds() {
        for (var margin : List.of(JitterMargin.roomy(), JitterMargin.tight())) {
            for (int i = 0; i < 1_000; i++) {
                margin.widen();
                narrow(margin, 5);
            }
            margin.widen();
            assertThat(margin.seconds()).isEqualTo(0.25);

            margin.narrow(0.1);
            assertThat(margin.seconds()).isCloseTo(0.1, within(0.001));
        }
        var roomy = JitterMargin.roomy();
        narrow(roomy, 1_000_000);
        assertThat(roomy.seconds()).isEqualTo(0.001);

        var tight = JitterMargin.tight();
        narrow(tight, 1_000_000);
        assertThat(tight.seconds()).isEqualTo(0.000_1);
    }
}
