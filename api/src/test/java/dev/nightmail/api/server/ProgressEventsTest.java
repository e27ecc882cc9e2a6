package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.json;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.Scope;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressEventsTest {

    @TempDir private Path folder;
    private TestServer server;
    private BatchId batch;
    private Path file;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        var created =
                server.create(
                        """
                        {"requests":[{"custom_id":"a","params":{}},{"custom_id":"b","params":{}}]}
                        """);
        batch = new BatchId(json(created).path("id").asString());
        file = Files.createFile(folder.resolve("results.jsonl"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theBatchIsToldNowAtEachChangeAndWhenItHasEnded() throws Exception {
        var asItWas = server.get(path("/v1/messages")).body();
        try (var events = new Listener("")) {
            assertThat(events.head())
                    .startsWith("HTTP/1.1 200 ")
                    .contains("Content-Type: text/event-stream", "Cache-Control: no-store");
            var first = events.next();
            server.desk.settle(batch, 1, file);
            var second = events.next();
            server.desk.end(batch, file);
            var last = events.next();

            assertThat(first.id()).isEqualTo("in_progress-0");
            assertThat(first.name()).isEqualTo("progress");
            assertThat(first.data()).isEqualTo(asItWas);
            assertThat(second.id()).isEqualTo("in_progress-1");
            assertThat(second.data()).contains("\"processing\":1,\"succeeded\":1");
            assertThat(last.id()).isEqualTo("ended-2");
            assertThat(last.name()).isEqualTo("ended");
            assertThat(last.data()).isEqualTo(server.get(path("/v1/messages")).body());
            assertThat(events.isOver()).isTrue();
        }
    }

    @Test
    void theStreamOfARevokedKeyEndsWithinSeconds() throws Exception {
        var key = server.makeKey("key_1", Scope.ADMIN);
        try (var events = new Listener("", key)) {
            assertThat(events.next().name()).isEqualTo("progress");

            server.keys.revoke(new KeyId("key_1"), Instant.EPOCH);

            assertThat(events.isOver()).isTrue();
        }
        assertThat(server.get(path("/nightmail/v1") + "/events").statusCode()).isEqualTo(401);
    }

    @Test
    void theStreamOfAnyKeyEndsWhenTheFirstKeyIsMade() throws Exception {
        try (var events = new Listener("")) {
            assertThat(events.next().name()).isEqualTo("progress");

            server.makeKey("key_1", Scope.ADMIN);

            assertThat(events.isOver()).isTrue();
        }
    }

    @Test
    void whoComesBackIsNotToldTheSameAgain() throws Exception {
        server.desk.settle(batch, 1, file);
        try (var events = new Listener("last-event-id: in_progress-1\r\n")) {
            untilSomebodyWaits();
            server.desk.end(batch, file);

            assertThat(events.next().id()).isEqualTo("ended-2");
        }
        try (var events = new Listener("last-event-id: ended-2\r\n")) {
            assertThat(events.head()).startsWith("HTTP/1.1 204 ");
        }
        try (var events = new Listener("last-event-id: in_progress-1\r\n")) {
            assertThat(events.next().id()).isEqualTo("ended-2");
        }
    }

    @Test
    void aClientThatGoesIsForgotten() throws Exception {
        try (var events = new Listener("")) {
            events.next();
            untilSomebodyWaits();
        }

        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .until(() -> server.desk.watchers() == 0);
    }

    @Test
    void aServerThatStopsEndsTheStreamWithoutALastEvent() throws Exception {
        try (var events = new Listener("")) {
            assertThat(events.next().name()).isEqualTo("progress");
            untilSomebodyWaits();

            server.desk.stop();

            assertThat(events.isOver()).isTrue();
        }
    }

    @Test
    void aBatchThatIsNotThereIsNotFound() throws Exception {
        var response = server.get("/nightmail/v1/batches/msgbatch_unknown/events");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).at("/error/type").asString()).isEqualTo("not_found_error");
    }

    private void untilSomebodyWaits() {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .until(() -> server.desk.watchers() == 1);
    }

    private String path(String prefix) {
        return prefix + "/batches/" + batch;
    }

    private record Event(String id, String name, String data) {}

    /** Reads events off a bare connection, HTTP's chunks and all. */
    private final class Listener implements AutoCloseable {

        private final Socket socket = server.connect();
        private final BufferedReader reader =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        private final String head;

        Listener(String headers) throws IOException {
            this(headers, "any");
        }

        Listener(String headers, String key) throws IOException {
            socket.getOutputStream()
                    .write(
                            """
                            GET %s/events HTTP/1.1\r
                            host: %s\r
                            x-api-key: %s\r
                            anthropic-version: 2023-06-01\r
                            %s\r
                            """
                                    .formatted(
                                            path("/nightmail/v1"),
                                            server.server.baseUri().getAuthority(),
                                            key,
                                            headers)
                                    .getBytes(US_ASCII));
            head = String.join("\n", linesToABlankOne());
        }

        String head() {
            return head;
        }

        Event next() throws IOException {
            while (true) {
                var lines = linesToABlankOne();
                var id = value(lines, "id: ");
                if (!id.isEmpty()) {
                    return new Event(id, value(lines, "event: "), value(lines, "data: "));
                }
            }
        }

        /** Whether nothing but the last chunk follows. */
        boolean isOver() throws IOException {
            while (true) {
                var line = reader.readLine();
                if (line == null || line.equals("0")) {
                    return true;
                }
                if (line.startsWith("id: ")) {
                    return false;
                }
            }
        }

        private List<String> linesToABlankOne() throws IOException {
            var lines = new ArrayList<String>();
            for (var line = reader.readLine(); ; line = reader.readLine()) {
                if (line == null) {
                    throw new IOException("the stream is over after " + lines);
                }
                if (line.isEmpty()) {
                    return lines;
                }
                lines.add(line);
            }
        }

        private static String value(List<String> lines, String field) {
            return lines.stream()
                    .filter(line -> line.startsWith(field))
                    .map(line -> line.substring(field.length()))
                    .findFirst()
                    .orElse("");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
