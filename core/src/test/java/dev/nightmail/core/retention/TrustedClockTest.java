package dev.nightmail.core.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.retention.TrustedClock.Sight;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TrustedClockTest {

    private static final Instant NIGHT = Instant.parse("2026-11-20T22:00:00Z");

    private Instant wall = NIGHT;
    private long nanos = -5;
    private TrustedClock clock = new TrustedClock(new ClockState(NIGHT, Duration.ZERO), nanos);

    @Test
    void clocksThatAgreeAreBelievedForAsLongAsOneLikes() {
        for (int hour = 1; hour <= 24 * 60; hour++) {
            pass(Duration.ofHours(1));
            assertThat(look()).isEqualTo(Sight.AGREES);
            assertThat(clock.now()).isEqualTo(wall);
        }
    }

    @Test
    void aClockThatIsFortyDaysAheadForFortySecondsIsNotBelieved() {
        wall = wall.plus(Duration.ofDays(40));
        assertThat(look()).isEqualTo(Sight.WENT_AHEAD);
        for (int second = 1; second <= 40; second++) {
            pass(Duration.ofSeconds(1));
            assertThat(look()).isEqualTo(Sight.IS_AHEAD);
            assertThat(clock.now()).isEqualTo(NIGHT.plusSeconds(second));
        }

        wall = wall.minus(Duration.ofDays(40));

        assertThat(look()).isEqualTo(Sight.CAME_BACK);
        assertThat(clock.now()).isEqualTo(NIGHT.plusSeconds(40));
        assertThat(look()).isEqualTo(Sight.AGREES);
    }

    @Test
    void itIsBelievedOnceItHasBeenAheadForADay() {
        wall = wall.plus(Duration.ofDays(40));
        look();
        pass(TrustedClock.GRACE.minusSeconds(1));
        assertThat(look()).isEqualTo(Sight.IS_AHEAD);
        pass(Duration.ofSeconds(1));

        assertThat(look()).isEqualTo(Sight.BELIEVED_AFTER_ALL);
        assertThat(clock.now()).isEqualTo(wall);
    }

    @Test
    void aDayOfManyShortLiesIsNoDay() {
        for (int lie = 0; lie < 100; lie++) {
            wall = wall.plus(Duration.ofDays(40));
            look();
            pass(Duration.ofHours(1));
            assertThat(look()).isEqualTo(Sight.IS_AHEAD);
            wall = wall.minus(Duration.ofDays(40));
            assertThat(look()).isEqualTo(Sight.CAME_BACK);
        }
        assertThat(clock.now()).isEqualTo(wall);
    }

    @Test
    void aClockThatCreepsAheadInSmallStepsGainsNoMoreThanEachStep() {
        // Each step is within the tolerance, as a clock that runs fast would be.
        pass(Duration.ofSeconds(1));
        wall = wall.plus(TrustedClock.TOLERANCE);
        assertThat(look()).isEqualTo(Sight.AGREES);
        wall = wall.plus(TrustedClock.TOLERANCE).plusMillis(1);
        assertThat(look()).isEqualTo(Sight.WENT_AHEAD);
    }

    @Test
    void aClockThatGoesBackIsBelievedAtOnce() {
        wall = wall.minus(Duration.ofDays(40));

        assertThat(look()).isEqualTo(Sight.AGREES);
        assertThat(clock.now()).isEqualTo(wall);
    }

    @Test
    void aRestartForgetsNeitherTheTimeNorTheLie() {
        wall = wall.plus(Duration.ofDays(40));
        look();
        pass(Duration.ofHours(20));
        look();

        nanos = 1_000_000;
        clock = new TrustedClock(clock.state(), nanos);
        assertThat(look()).isEqualTo(Sight.IS_AHEAD);
        pass(Duration.ofHours(4));

        assertThat(look()).isEqualTo(Sight.BELIEVED_AFTER_ALL);
    }

    @Test
    void aMachineThatWasOffForWeeksIsBelievedAfterADayOfWork() {
        wall = wall.plus(Duration.ofDays(21));
        clock = new TrustedClock(new ClockState(NIGHT, Duration.ZERO), nanos);

        assertThat(look()).isEqualTo(Sight.WENT_AHEAD);
        pass(TrustedClock.GRACE);
        assertThat(look()).isEqualTo(Sight.BELIEVED_AFTER_ALL);
    }

    private void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }

    private Sight look() {
        return clock.look(wall, nanos);
    }
}
