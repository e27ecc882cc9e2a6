package dev.nightmail.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecentRateTest {

    private static final Instant START = Instant.parse("2026-11-30T00:00:00Z");

    private final RecentRate rate = new RecentRate();

    @Test
    void aSlowBeginningIsForgotten() {
        assertThat(rate.perSecond(0, START)).isZero();
        for (int second = 1; second <= 100; second++) {
            rate.perSecond(second < 60 ? 0 : (second - 60) * 50L, START.plusSeconds(second));
        }

        assertThat(rate.perSecond(41 * 50L, START.plusSeconds(101))).isEqualTo(50);
    }

    @Test
    void whatStandsStillHasNoRateAfterAWhile() {
        rate.perSecond(0, START);
        rate.perSecond(1000, START.plusSeconds(10));
        rate.perSecond(1000, START.plusSeconds(30));
        rate.perSecond(1000, START.plusSeconds(50));

        assertThat(rate.perSecond(1000, START.plusSeconds(70))).isZero();
    }

    @Test
    void aClockThatIsSetBackAndACountThatFallsBeginAnew() {
        rate.perSecond(100, START);
        assertThat(rate.perSecond(50, START.plusSeconds(5))).isZero();
        assertThat(rate.perSecond(60, START)).isZero();
        assertThat(rate.perSecond(70, START.plusSeconds(1))).isEqualTo(10);
    }
}
