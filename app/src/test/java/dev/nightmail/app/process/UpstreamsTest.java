package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees who asks why a batch does not get on. */
class UpstreamsTest {

    @TempDir private Path folder;

    @Test
    void oneThatIsDownIsShownWithTheReason() throws IOException {
        var nobody = "http://127.0.0.1:" + freePort();
        try (var server = ForkedNightmail.serve(folder.resolve("data"), "--upstream", nobody);
                var caller = new BatchesCaller(server)) {
            caller.create(new Questions(3));

            server.awaitError("event=upstream_paused");
            var shown =
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(60))
                            .until(
                                    () -> upstreams(server),
                                    lines -> lines.get(1).contains("unreachable"));

            assertThat(shown.getFirst()).startsWith("UPSTREAM  STATE ");
            assertThat(shown.get(1)).startsWith("upstream  unreachable ");
            assertThat(shown).anyMatch(line -> line.endsWith(" ago: connection refused"));
            assertThat(shown).anyMatch(line -> line.endsWith("1 batch waiting"));
        }
    }

    private static List<String> upstreams(ForkedNightmail server) {
        try (var command =
                ForkedNightmail.run("upstreams", "--endpoint", server.baseUri().toString())) {
            assertThat(command.awaitExit()).as("%s", command.errors()).isZero();
            return command.output();
        }
    }

    /** One that nobody listens on any more. */
    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
