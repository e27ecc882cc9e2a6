package dev.nightmail.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MomentsTest {

    private final Clocks clocks = new Clocks();
    private final Moments moments = new Moments(clocks, clocks::nanoTime);

    @Test
    void bothClocksGoOn() {
        var before = moments.now();
        clocks.pass(Duration.ofSeconds(7));

        assertThat(moments.now()).isEqualTo(before.plus(Duration.ofSeconds(7)));
    }

    @Test
    void settingTheWallClockIsNotTimePassing() {
        var before = moments.now();
        clocks.set(Duration.ofDays(3));

        assertThat(moments.now().steady()).isEqualTo(before.steady());
        assertThat(moments.now().wall()).isEqualTo(Clocks.START.plus(Duration.ofDays(3)));
    }

    @Test
    void aProcessThatWasStoppedForAnHourHasNotLivedThroughIt() {
        clocks.pass(Duration.ofHours(1));

        assertThat(moments.now().steady()).isEqualTo(Instant.EPOCH.plus(Moments.STEP_MAX));
    }
}
