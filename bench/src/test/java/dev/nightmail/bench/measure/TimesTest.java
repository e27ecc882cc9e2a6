package dev.nightmail.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimesTest {

    @Test
    void oneSlowRunDoesNotMoveTheMedian() {
        assertThat(times(900, 20, 30).median()).isEqualTo(Duration.ofMillis(30));
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
        assertThat(times(10, 40, 20, 900).median()).isEqualTo(Duration.ofMillis(30));
    }

    private static Times times(long... millis) {
        var times = new Times();
        for (long run : millis) {
            times.add(Duration.ofMillis(run));
        }
        return times;
    }
}
