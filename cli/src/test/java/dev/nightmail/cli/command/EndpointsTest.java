package dev.nightmail.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.cli.CommandLineSession;
import dev.nightmail.cli.FakeBatchesServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsTest {

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:8787", "ftp://host", "http://", "Claude", "http://a b"})
    void whatIsNoUrlIsRefusedWithExamples(String endpoint) {
        var session = new CommandLineSession(folder);

        assertThat(session.run("batches", "list", "--endpoint", endpoint)).isEqualTo(2);

        assertThat(session.err())
                .isEqualTo(
                        "nightmail: --endpoint "
                                + endpoint
                                + ": give a URL such as http://127.0.0.1:8787, or the word"
                                + " claude\n");
    }

    @Test
    void claudeNeedsItsOwnKey() {
        var session = new CommandLineSession(folder).with("NIGHTMAIL_API_KEY", "nm_live_x");

        assertThat(session.run("batches", "list", "--endpoint", "claude")).isEqualTo(2);

        assertThat(session.err())
                .isEqualTo("nightmail: the endpoint claude needs a key: set ANTHROPIC_API_KEY\n");
    }

    @Test
    void aServerElsewhereNeedsAKeyOfItsOwn() {
        var session = new CommandLineSession(folder).with("ANTHROPIC_API_KEY", "sk-ant-x");

        assertThat(session.run("batches", "list", "--endpoint", "http://batches.example"))
                .isEqualTo(2);

        assertThat(session.err())
                .isEqualTo(
                        "nightmail: the endpoint http://batches.example needs a key: set"
                                + " NIGHTMAIL_API_KEY\n");
    }

    @Test
    void theEnvironmentThatAnSdkReadsLeadsToTheSameServerWithTheSameKey() {
        try (var server = new FakeBatchesServer()) {
            var session =
                    new CommandLineSession(folder)
                            .with("ANTHROPIC_BASE_URL", server.baseUri().toString())
                            .with("ANTHROPIC_API_KEY", "nm_live_x");

            assertThat(session.run("batches", "list")).isZero();
            assertThat(session.run("batches", "list", "--endpoint", "claude")).isZero();

            assertThat(server.calls())
                    .hasSize(2)
                    .allSatisfy(
                            call -> assertThat(call.header("x-api-key")).isEqualTo("nm_live_x"));
        }
    }

    @Test
    void aBaseUrlThatIsNoneIsToldByItsName() {
        var session = new CommandLineSession(folder).with("ANTHROPIC_BASE_URL", "localhost:8787");

        assertThat(session.run("batches", "list")).isEqualTo(2);

        assertThat(session.err())
                .startsWith("nightmail: ANTHROPIC_BASE_URL=localhost:8787: give a URL such as");
    }

    @Test
    void theKeyThatWasRefusedIsNamed() {
        try (var server = new FakeBatchesServer()) {
            server.refuseWith(401);
            var session = new CommandLineSession(folder).with("NIGHTMAIL_API_KEY", "nm_live_x");

            session.run("batches", "list", "--endpoint", server.baseUri().toString());
            assertThat(session.err()).endsWith(": check the key in NIGHTMAIL_API_KEY\n");

            session.with("ANTHROPIC_BASE_URL", server.baseUri().toString())
                    .with("ANTHROPIC_API_KEY", "sk")
                    .run("batches", "list");
            assertThat(session.err()).endsWith(": check the key in ANTHROPIC_API_KEY\n");
        }
    }
}
