package dev.nightmail.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve",
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
                "upstreams",
                "schema",
                "schema pipeline",
                "keys",
                "keys create",
                "keys list",
                "keys revoke",
                "usage",
                "doctor",
                "simulator",
                "completion"
            })
    void everyCommandExplainsItselfInTheSameWords(String command) {
        var session = new AppSession(folder);

        assertThat(session.run((command + " --help").split(" "))).isZero();

        assertThat(session.err()).isEmpty();
        assertThat(session.outLines().getFirst()).startsWith("Usage: nightmail " + command);
        assertThat(session.outLines())
                .filteredOn(line -> line.contains("-h, --help"))
                .singleElement()
                .asString()
                .endsWith("Show this help.");
        assertThat(session.out()).doesNotContain("--version");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve",
                "keys",
                "keys create",
                "keys list",
                "keys revoke",
                "usage",
                "doctor",
                "upstreams",
                "schema",
                "schema pipeline",
                "simulator"
            })
    void anExplanationFitsInEightyColumns(String command) {
        var session = new AppSession(folder);

        assertThat(session.run((command + " --help").split(" "))).isZero();

        assertThat(session.outLines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
    }

    @Test
    void theListOfCommandsIsOfWholeSentences() {
        var session = new AppSession(folder);

        session.run("--help");

        var commands = session.out().split("Commands:\n", -1)[1].split("\n\n", -1)[0];
        assertThat(commands.split("\n(?=  \\S)", -1))
                .hasSizeGreaterThan(10)
                .allSatisfy(command -> assertThat(command).endsWith("."));
    }

    @Test
    void theProgramNamesItsCommandsAndItsVersion() {
        var session = new AppSession(folder);

        assertThat(session.run("--help")).isZero();
        assertThat(session.outLines())
                .anyMatch(line -> line.startsWith("  serve "))
                .anyMatch(line -> line.startsWith("  run "))
                .anyMatch(line -> line.startsWith("  keys "));

        assertThat(session.run("--version")).isZero();
        assertThat(session.out()).matches("nightmail \\d+\\.\\d+.*\n");
    }

    @Test
    void withoutACommandTheyAreNamed() {
        var session = new AppSession(folder);

        assertThat(session.run()).isEqualTo(2);
        assertThat(session.err())
                .startsWith(
                        "nightmail: say what to do: run, estimate, collect, status, export, retry, versions, cost, batches, upstreams, schema, completion, serve, keys, usage, doctor, simulator");

        assertThat(session.run("keys")).isEqualTo(2);
        assertThat(session.err())
                .startsWith("nightmail keys: say what to do: create, list, revoke");
    }
}
