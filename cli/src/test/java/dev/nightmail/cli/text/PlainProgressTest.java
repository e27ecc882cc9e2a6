package dev.nightmail.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PlainProgressTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final PlainProgress progress =
            new PlainProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), now::get);

    @Test
    void aLineComesOnlyAfterAWhileAndOnlyWhenSomethingChanged() {
        progress.at(standing(1));
        pass(Duration.ofSeconds(6));
        progress.at(standing(120));
        progress.at(standing(121));
        pass(Duration.ofSeconds(6));
        progress.at(standing(120));

        assertThat(lines())
                .containsExactly("120 of 300 settled (40 %), 20/s, 9.0 s left, $0.042 so far");
    }

    @Test
    void aLongRunTellsLess() {
        for (int second = 1; second <= 36_000; second++) {
            pass(Duration.ofSeconds(1));
            progress.at(standing(second));
        }

        assertThat(lines()).hasSizeBetween(50, 200);
    }

    private static Standing standing(long settled) {
        return new Standing(settled, 300, 20, 42_000L, Duration.ofSeconds(6));
    }

    private void pass(Duration duration) {
        now.updateAndGet(time -> time.plus(duration));
    }

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
