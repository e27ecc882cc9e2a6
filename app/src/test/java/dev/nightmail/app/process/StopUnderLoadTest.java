package dev.nightmail.app.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server told to stop while everything about it is slow. */
class StopUnderLoadTest {

    private static final Questions RUNNING = new Questions(200);

    /** Their results are more than the buffers between the server and a client hold. */
    private static final Questions ENDED = new Questions(1_000, 20_000);

    private static final int ANSWERED = 50;

    @TempDir private Path data;

    @Test
    void itStopsInTheTimeItWasGivenWhoeverIsSlow() throws Exception {
        try (var upstream = new HeldUpstream()) {
            String running;
            String ended;
            try (var server =
                            ForkedNightmail.serving(
                                    data, upstream, "--set", "limits.stop-timeout=2s");
                    var caller = new BatchesCaller(server)) {
                upstream.allow(ENDED.count() + ANSWERED);
                ended = caller.create(ENDED, "ended");
                caller.awaitEnded(ended);
                running = caller.create(RUNNING, "running");
                caller.await(running, BatchJson.succeeded(ANSWERED));
                upstream.awaitFullOfHeldCalls();
                try (var download = Talk.with(server.baseUri());
                        var events = Talk.with(server.baseUri());
                        var create = Talk.with(server.baseUri())) {
                    download.get("/v1/messages/batches/" + ended + "/results");
                    download.readsItsHead();
                    events.get("/nightmail/v1/batches/" + running + "/events");
                    events.readsItsHead();
                    create.beginsToPost("/v1/messages/batches", "{\"requests\":[");

                    server.terminate();

                    // What is in flight has two seconds, what it brought ten to be stored.
                    assertThat(server.awaitExit(Duration.ofSeconds(25)))
                            .as("%s", server.errors())
                            .isZero();
                }
            }
            upstream.allowAll();
            try (var server = ForkedNightmail.serving(data, upstream);
                    var caller = new BatchesCaller(server)) {
                caller.awaitEnded(running);
                RUNNING.assertAllAnswered(caller.results(running));
                ENDED.assertAllAnswered(caller.results(ended));
                assertThat(caller.listed()).containsExactly(running, ended);
                assertThat(data.resolve("incoming")).isEmptyDirectory();
            }
        }
    }

    /** A connection on which somebody says a little and then takes their time. */
    private record Talk(Socket socket, String host) implements AutoCloseable {

        static Talk with(URI server) throws IOException {
            var socket = new Socket();
            socket.setReceiveBufferSize(4 * 1024);
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
            return new Talk(socket, server.getAuthority());
        }

        void get(String path) throws IOException {
            say(head("GET", path) + "\r\n");
        }

        void beginsToPost(String path, String body) throws IOException {
            say(head("POST", path) + "content-length: 1000000\r\n\r\n" + body);
        }

        private String head(String method, String path) {
            return """
            %s %s HTTP/1.1\r
            host: %s\r
            x-api-key: any\r
            anthropic-version: 2023-06-01\r
            """
                    .formatted(method, path, host);
        }

        private void say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(US_ASCII));
        }

        void readsItsHead() throws IOException {
            var start = new String(socket.getInputStream().readNBytes(12), US_ASCII);
            assertThat(start).isEqualTo("HTTP/1.1 200");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
