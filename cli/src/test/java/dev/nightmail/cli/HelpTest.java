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
                "collect",
                "status",
                "export",
                "retry",
                "versions",
                "cost",
                "batches",
                "batches submit",
                "batches list",
                "batches show",
                "batches watch",
                "batches results",
                "batches cancel",
                "batches delete",
                "upstreams",
                "schema",
                "schema pipeline",
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
    void anUnknownCommandIsWrongUsageAndNamesTheKnownOnes() {
        var session = new CommandLineSession(folder);

        assertThat(session.run("bogus")).isEqualTo(2);
        assertThat(session.err())
                .startsWith(
                        "nightmail: there is no command bogus; those here are run, estimate,"
                                + " collect, status, export, retry, versions, cost, batches, upstreams, schema, completion");
        assertThat(session.run("batches", "show", "one", "two")).isEqualTo(2);
        assertThat(session.err())
                .startsWith("nightmail batches show: two is one argument too many");
    }

    @Test
    void coloursAreForTerminalsOnlyAndCanBeRefused() {
        var terminal = new CommandLineSession(folder).with("TERM", "xterm").atTerminal("");

        terminal.run("run", "--help");
        assertThat(terminal.out()).contains("\u001b[");

        terminal.with("NO_COLOR", "1").run("run", "--help");
        assertThat(terminal.out()).doesNotContain("\u001b");
    }

    @Test
    void anUnknownOptionIsWrongUsage() {
        var session = new CommandLineSession(folder);

        assertThat(session.run("run", "x.yaml", "--colour")).isEqualTo(2);

        assertThat(session.err())
                .isEqualTo(
                        "nightmail run: there is no option --colour (nightmail run --help says"
                                + " more)\n");
    }
}
