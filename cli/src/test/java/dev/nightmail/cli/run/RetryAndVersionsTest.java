package dev.nightmail.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.cli.CommandLineSession;
import dev.nightmail.cli.FakeBatchesServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Asking again what was set aside, and looking up what was asked. */
@SuppressWarnings("NullAway.Init")
class RetryAndVersionsTest {

    private static final String PIPELINE =
            """
            source: { sql: "select id, text from 'records.jsonl'" }
            model: claude-haiku-4-5
            max_tokens: 100
            system: Be brief.
            prompt: |
              About the tide:
              {{text}}
            sink: { file: results.jsonl }
            """;

    @TempDir Path folder;
    private final FakeBatchesServer server = new FakeBatchesServer();

    private CommandLineSession session() {
        return new CommandLineSession(folder);
    }

    @BeforeEach
    void writePipeline() {
        session()
                .file("tides.yaml", PIPELINE)
                .file(
                        "records.jsonl",
                        """
                        {"id": "a", "text": "high"}
                        {"id": "b", "text": "low"}
                        """);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private int run(CommandLineSession session, String command, String... options) {
        var arguments = new String[options.length + 5];
        arguments[0] = command;
        arguments[1] = "tides.yaml";
        arguments[2] = "--endpoint";
        arguments[3] = server.baseUri().toString();
        arguments[4] = "--yes";
        System.arraycopy(options, 0, arguments, 5, options.length);
        return session.run(arguments);
    }

    @Test
    void whatWasSetAsideIsAskedAgainByTheCommandAlone() {
        server.failRequestsWith("b");
        assertThat(run(session(), "run")).isEqualTo(3);
        server.failRequestsWith("none of them");
        assertThat(run(session(), "run")).as("a plain run leaves it").isEqualTo(3);
        assertThat(run(session(), "retry", "--only", "refusal")).as("other reasons").isEqualTo(3);

        var session = session();
        assertThat(run(session, "retry", "--only", "invalid_request")).isZero();

        assertThat(session.err()).contains("2 records, 1 answered, 1 to send");
        assertThat(folder.resolve("failed.jsonl")).doesNotExist();
        var again = session();
        assertThat(run(again, "retry")).as("nothing is left").isZero();
        assertThat(again.err()).doesNotContain("Batch 3");
    }

    @Test
    void aReasonThatIsNoneIsWrongUsageAndNamesThem() {
        var session = session();

        assertThat(run(session, "retry", "--only", "refused")).isEqualTo(2);

        assertThat(session.err()).contains("there is no reason refused", "refusal", "no_result");
    }

    @Test
    void everyVersionOfAPromptIsKeptAndShown() {
        assertThat(session().run("versions", "tides.yaml")).isZero();
        run(session(), "run");
        session()
                .file(
                        "tides.yaml",
                        PIPELINE.replace("About", "On").replace("Be brief.", "Be kind."));
        run(session(), "run");

        var listed = session();
        listed.run("versions", "tides.yaml", "--json");
        assertThat(listed.outLines()).hasSize(2);
        var first = JsonMapper.shared().readTree(listed.outLines().getFirst());
        assertThat(first.path("answers").asInt()).isEqualTo(2);
        assertThat(first.path("current").asBoolean()).isFalse();
        assertThat(first.at("/request/prompt").asString()).startsWith("About the tide:");

        var table = session();
        table.run("versions", "tides.yaml");
        assertThat(table.outLines()).hasSize(3);
        assertThat(table.outLines().getLast()).endsWith("2  as the file is now");

        var shown = session();
        var brief = first.path("version").asString().substring(0, 12);
        assertThat(shown.run("versions", "tides.yaml", brief)).isZero();
        assertThat(shown.out())
                .contains("claude-haiku-4-5", "max_tokens  100")
                .contains("prompt:\n  About the tide:\n  {{text}}\n")
                .contains("system:\n  Be brief.\n");
    }

    @Test
    void aVersionThatIsNotThereIsNamed() {
        run(session(), "run");
        var session = session();

        assertThat(session.run("versions", "tides.yaml", "xyz")).isEqualTo(1);

        assertThat(session.err()).contains("there is no version xyz");
    }
}
