package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.schedule.JitteryUpstream.Reset;
import dev.nightmail.core.schedule.JitteryUpstream.Setup;
import dev.nightmail.core.upstream.Headroom.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Told limits, as they are used where nothing is exact: fifty calls a second, so every second token
 * that is lost shows.
 */
class PaceInJitterTest {

    private static final Duration LENGTH = Duration.ofMinutes(1);

    /** Bursts of ten calls, a tenth of a minute's, and all of them. */
    private static final int[] BURSTS = {10, 300, 3_000};

    static List<Setup> limits() {
        var setups = new ArrayList<Setup>();
        for (int burst : BURSTS) {
            var plain = Setup.of(50, burst);
            setups.add(plain);
            setups.add(plain.scattering(10));
            setups.add(plain.beside(20));
            setups.add(plain.with(Limit.INPUT_TOKENS));
            setups.add(plain.with(Limit.OUTPUT_TOKENS));
            setups.add(plain.with(Limit.TOKENS));
            setups.add(plain.with(Limit.REQUESTS, Limit.INPUT_TOKENS, Limit.OUTPUT_TOKENS));
            for (var reset : Reset.values()) {
                setups.add(plain.with(reset));
            }
        }
        setups.add(Setup.of(5, 10));
        setups.add(Setup.of(300, 10));
        return setups;
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aLimitThatIsToldIsUsedAndHardlyOverrun(Setup setup) {
        var runs = List.of(run(setup, 1), run(setup, 2));

        assertThat(runs).extracting(JitteryUpstream::used).allMatch(used -> used >= 97);
        assertThat(runs.stream().mapToDouble(JitteryUpstream::refusedShare).average().orElseThrow())
                .isLessThan(0.5);
    }

    /**
     * A call that is a moment early is refused, and every moment that one is late is lost. Whoever
     * has none refused has to leave as much between two calls as they scatter.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 1, 5, 10})
    void aBucketOfOneIsUsedAsFarAsCallsArriveInTime(double scatterMillis) {
        double possible = 100 * 20 / (20 + scatterMillis);

        var run =
                new JitteryUpstream(Setup.of(50, 1).scattering(scatterMillis), 1)
                        .run(Duration.ofMinutes(5));

        assertThat(run.used()).isGreaterThan(possible - 2);
        assertThat(run.refusedShare()).isLessThan(0.6);
    }

    @Test
    void answersThatComeLateAndInAnotherOrderDoNotMatter() {
        // Twelve calls are refused before the first answer is there, and a few in all from then on.
        var run = run(Setup.of(50, 10).answeringIn(3_000), 1);

        assertThat(run.used()).isGreaterThan(97);
        assertThat(run.refused).isLessThan(30);
    }

    @Test
    void anHourOffIsFoundOutEvenWhereNothingIsEverLeft() {
        var run =
                new JitteryUpstream(Setup.of(50, 1).with(Reset.OTHER_ZONE), 1)
                        .run(Duration.ofMinutes(3));

        assertThat(run.used()).isGreaterThan(90);
        assertThat(run.refusedShare()).isLessThan(0.5);
    }

    @Test
    void aLimitThatOnlyRefusalsTellOfIsFoundInSpiteOfTheirWholeSeconds() {
        var run = new JitteryUpstream(Setup.of(50, 10).silent(), 1).run(Duration.ofMinutes(2));

        assertThat(run.used()).isGreaterThan(94);
        assertThat(run.refusedShare()).isLessThan(1.5);
    }

    private static JitteryUpstream run(Setup setup, long seed) {
        return new JitteryUpstream(setup, seed).run(LENGTH);
    }
}
