package dev.nightmail.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.bench.measure.BenchmarkFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir Path folder;

    @Test
    void theReadyLineIsFoundAmongOthers() throws Exception {
        try (var child = start("echo starting; echo ready at here; cat")) {
            assertThat(child.awaitLine("ready at ", PATIENCE)).isEqualTo("here");
        }
    }

    @Test
    void whatAProcessSaidLastTellsWhyItEnded() throws Exception {
        try (var child = start("echo no room >&2; exit 3")) {
            assertThatThrownBy(() -> child.awaitLine("ready", PATIENCE))
                    .isInstanceOf(BenchmarkFailure.class)
                    .hasMessageContaining("no room");
        }
    }

    @Test
    void aClosedChildIsGone() throws Exception {
        var child = start("echo ready; cat");
        child.awaitLine("ready", PATIENCE);

        child.close();

        assertThat(ProcessHandle.of(child.pid()).filter(ProcessHandle::isAlive)).isEmpty();
        assertThatThrownBy(child::requireAlive).isInstanceOf(BenchmarkFailure.class);
    }

    private Child start(String script) throws IOException {
        return Child.start("child", List.of("sh", "-c", script), Map.of(), folder);
    }
}
