package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
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

    @Test
    void anInteractiveCallIsAnsweredByTheNextWhenOneIsDown() throws Exception {
        var config =
                Files.writeString(
                        folder.resolve("nightmail.yaml"),
                        """
                        upstreams:
                          down:  { url: "http://127.0.0.1:%d" }
                          spare: { protocol: simulator }
                        routes:
                          - { model: "*", upstream: [ down, spare ] }
                        """
                                .formatted(freePort()));
        try (var server =
                        ForkedNightmail.serve(
                                folder.resolve("data"), "--config", config.toString());
                var http = HttpClient.newHttpClient()) {
            var call =
                    HttpRequest.newBuilder(server.baseUri().resolve("/v1/messages"))
                            .header("x-api-key", "any")
                            .header("anthropic-version", "2023-06-01")
                            .POST(
                                    BodyPublishers.ofString(
                                            """
                                            {"model":"claude-haiku-4-5","max_tokens":10,\
                                            "messages":[{"role":"user","content":"hello"}]}\
                                            """))
                            .build();

            var answer = http.send(call, BodyHandlers.ofString());

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("\"type\":\"message\"");
            server.awaitError("event=upstream_paused upstream=down");
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
