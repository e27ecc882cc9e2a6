package dev.nightmail.app.corpora;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.app.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole server with an {@link EchoUpstream} behind it, called plainly. Bytes are shown as
 * ISO-8859-1, one character each.
 */
final class EchoedServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    final EchoUpstream upstream;
    private final TestServer server;
    private final HttpClient http = HttpClient.newHttpClient();

    EchoedServer() throws IOException {
        upstream = new EchoUpstream();
        server =
                TestServer.start(
                        "upstreams.echo.protocol=anthropic",
                        "upstreams.echo.url=" + upstream.uri());
    }

    /** What a create call was answered. */
    record Created(int status, JsonNode body) {

        String id() {
            assertThat(status).as("%s", body).isEqualTo(200);
            return body.path("id").asString();
        }

        String errorType() {
            return body.at("/error/type").asString();
        }

        String message() {
            return body.at("/error/message").asString();
        }
    }

    String uri() {
        return server.baseUri().toString();
    }

    Created create(String body) {
        var response =
                send(
                        request("")
                                .header("content-type", "application/json")
                                .POST(BodyPublishers.ofByteArray(body.getBytes(ISO_8859_1))));
        return new Created(response.statusCode(), JsonMapper.shared().readTree(response.body()));
    }

    /** The result lines, once the batch has ended. */
    String results(String id) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() ->
                        JsonMapper.shared()
                                .readTree(send(request("/" + id)).body())
                                .path("processing_status")
                                .asString()
                                .equals("ended"));
        var response = send(request("/" + id + "/results"));
        assertThat(response.statusCode()).isEqualTo(200);
        return new String(response.body(), ISO_8859_1);
    }

    /** The requests as they are kept. */
    String requests(String id) {
        return bytes(server.data().resolve("batches").resolve(id).resolve("requests.jsonl"));
    }

    static String bytes(Path file) {
        try {
            return new String(Files.readAllBytes(file), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many batches there are. */
    int batches() {
        var list = JsonMapper.shared().readTree(send(request("?limit=1000")).body());
        assertThat(list.path("has_more").asBoolean()).isFalse();
        return list.path("data").size();
    }

    /** It answers, and of what it refused it has kept nothing. */
    void assertAliveAndClean() throws IOException {
        assertThat(send(HttpRequest.newBuilder(server.baseUri().resolve("/healthz"))).statusCode())
                .isEqualTo(200);
        assertThat(server.data().resolve("incoming")).isEmptyDirectory();
        try (var folders = Files.list(server.data().resolve("batches"))) {
            assertThat(folders.count()).isEqualTo(batches());
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.baseUri().resolve("/v1/messages/batches" + path))
                .header("x-api-key", "any")
                .header("anthropic-version", "2023-06-01");
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        http.close();
        server.close();
        upstream.close();
    }
}
