package dev.nightmail.bench.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DelaysTest {

    private final List<String> done = new ArrayList<>();
    private long nanos = Long.MAX_VALUE - 1_000;
    private final Delays delays = new Delays(() -> nanos);

    @Test
    void whatIsDueFirstIsDoneFirst() {
        delays.after(Duration.ofMillis(20), () -> done.add("late"));
        delays.after(Duration.ofMillis(10), () -> done.add("early"));

        pass(Duration.ofMillis(30));

        assertThat(done).containsExactly("early", "late");
    }

    @Test
    void nothingIsDoneBeforeItIsDue() {
        delays.after(Duration.ofMillis(20), () -> done.add("late"));

        pass(Duration.ofNanos(19_999_999));
        assertThat(done).isEmpty();
        assertThat(delays.millisToWait(100)).isEqualTo(1);

        pass(Duration.ofNanos(1));
        assertThat(done).containsExactly("late");
        assertThat(delays.millisToWait(100)).isEqualTo(100);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
        delays.run();
    }
}
