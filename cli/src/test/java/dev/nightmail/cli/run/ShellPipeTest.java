package dev.nightmail.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.cli.CommandLineSession;
import dev.nightmail.cli.FakeBatchesServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline between two programs: records come from standard input, answers go to output. */
class ShellPipeTest {

    private static final String RECORDS =
            """
            {"id": "a", "text": "high"}
            {"id": "b", "text": "low"}
            """;

    @TempDir Path folder;
    private final FakeBatchesServer server = new FakeBatchesServer();

    private CommandLineSession session() {
        return new CommandLineSession(folder);
    }

    @BeforeEach
    void writePipeline() {
        session()
                .file(
                        "tides.yaml",
                        """
                        name: tides
                        source: { stdin: jsonl }
                        model: claude-haiku-4-5
                        max_tokens: 100
                        prompt: "{{text}}"
                        sink: { stdout: jsonl }
                        """);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private int run(CommandLineSession session, String... options) {
        var arguments = new String[options.length + 4];
        arguments[0] = "run";
        arguments[1] = "tides.yaml";
        arguments[2] = "--endpoint";
        arguments[3] = server.baseUri().toString();
        System.arraycopy(options, 0, arguments, 4, options.length);
        return session.run(arguments);
    }

    @Test
    void rowsGoToOutputAndEverythingElseToError() {
        var session = session().piped(RECORDS);

        var code = run(session);

        assertThat(code).isZero();
        assertThat(session.outLines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("{\"id\":\"a\",\"answer\":"),
                        line -> assertThat(line).startsWith("{\"id\":\"b\",\"answer\":"));
        assertThat(session.err())
                .contains("2 records, 2 to send", "tides  complete", "standard output");
    }

    @Test
    void whatWasAnsweredBeforeIsNotSentAgainAndComesOutAgain() {
        run(session().piped(RECORDS));
        var session = session().piped(RECORDS + "{\"id\": \"c\", \"text\": \"slack\"}\n");

        var code = run(session);

        assertThat(code).isZero();
        assertThat(session.err()).contains("3 records, 2 answered, 1 to send");
        assertThat(session.outLines()).hasSize(3);
    }

    @Test
    void inputWithoutRecordsIsNothingToDo() {
        var session = session().piped("");

        var code = run(session, "--detailed-exit");

        assertThat(code).isEqualTo(10);
        assertThat(session.out()).isEmpty();
        assertThat(session.err()).contains("standard input brings no records");
    }

    @Test
    void aKeyboardIsNoSource() {
        var session = session().atTerminal("");

        var code = run(session);

        assertThat(code).isEqualTo(2);
        assertThat(session.err())
                .isEqualTo(
                        "nightmail: source.stdin: standard input is a terminal: pipe the records in, as in \"cat tickets.jsonl | nightmail run …\"\n");
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void eventsAndRowsDoNotShareOutput() {
        var session = session().piped(RECORDS);

        var code = run(session, "--json");

        assertThat(code).isEqualTo(2);
        assertThat(session.err()).startsWith("nightmail: --json and sink.stdout both write");
        assertThat(run(session, "--json", "--dry-run")).isZero();
        assertThat(session.outLines()).singleElement().asString().contains("\"planned\"");
    }

    @Test
    void moneyIsAskedForBeforeTheRecordsAreGone() {
        var session =
                session()
                        .withClaudeAt(server.baseUri())
                        .with("ANTHROPIC_API_KEY", "key")
                        .piped(RECORDS);

        var code = session.run("run", "tides.yaml");

        assertThat(code).isEqualTo(2);
        assertThat(session.err())
                .contains(
                        "source.stdin: standard input brings the records, so nobody can be asked there",
                        "add --yes to agree");
        assertThat(server.calls()).isEmpty();
        assertThat(session.run("run", "tides.yaml", "--yes")).isZero();
        assertThat(session.outLines()).hasSize(2);
    }

    @Test
    void aSampleComesOutTooAndReplacesNothing() {
        var session = session().piped(RECORDS);

        var code = run(session, "--limit", "1");

        assertThat(code).isZero();
        assertThat(session.outLines()).hasSize(1);
        assertThat(folder.resolve("report.sample.html")).exists();
        assertThat(folder.resolve("report.html")).doesNotExist();
    }
}
