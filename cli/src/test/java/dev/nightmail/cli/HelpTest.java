package dev.nightmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "estimate",
                "batches",
                "batches submit",
                "batches list",
                "batches show",
                "batches watch",
                "batches results",
                "batches cancel",
                "batches delete",
                "completion"
            })
    void everyCommandExplainsItself(String command) {
        var session = new CommandLineSession(folder);

        assertThat(session.run((command + " --help").split(" "))).isZero();

        assertThat(session.out()).startsWith("Usage: nightmail " + command);
        assertThat(session.err()).isEmpty();
    }

    @Test
    void theCompletionScriptKnowsTheCommands() {
        var session = new CommandLineSession(folder);

        assertThat(session.run("completion")).isZero();

        assertThat(session.out()).contains("_complete_nightmail", "--idempotency-key", "estimate");
    }

    @Test
    void anUnknownOptionIsWrongUsage() {
        var session = new CommandLineSession(folder);

        assertThat(session.run("run", "x.yaml", "--colour")).isEqualTo(2);

        assertThat(session.err())
                .isEqualTo(
                        "nightmail: nightmail run: Unknown option: '--colour' (nightmail run --help"
                                + " says more)\n");
    }
}
