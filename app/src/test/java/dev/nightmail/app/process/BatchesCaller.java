package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The batch endpoints of one server, called plainly. */
final class BatchesCaller implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final URI base;
    private final String key;
    private final HttpClient http = HttpClient.newHttpClient();

    BatchesCaller(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    BatchesCaller(ForkedNightmail server) {
        this(server.baseUri(), "any");
    }

    /** The id of the new batch. */
    String create(Questions questions) {
        return create(questions, "only-once");
    }

    /** Whatever a create is answered with. */
    HttpResponse<String> tryCreate(Questions questions, String idempotencyKey) {
        return send(
                request("")
                        .header("idempotency-key", idempotencyKey)
                        .POST(BodyPublishers.ofString(questions.batch())));
    }

    /** The status of the answer. */
    int cancel(String id) {
        return send(request("/" + id + "/cancel").POST(BodyPublishers.noBody())).statusCode();
    }

    /** The status of the answer. */
    int delete(String id) {
        return send(request("/" + id).DELETE()).statusCode();
    }

    /** The status of a look at it. */
    int status(String id) {
        return send(request("/" + id).GET()).statusCode();
    }

    /** The id of the batch that was made with an idempotency key, just now or before. */
    String create(Questions questions, String idempotencyKey) {
        var response = tryCreate(questions, idempotencyKey);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body()).path("id").asString();
    }

    JsonNode retrieve(String id) {
        var response = send(request("/" + id).GET());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    JsonNode awaitEnded(String id) {
        return await(id, batch -> batch.path("processing_status").asString().equals("ended"));
    }

    JsonNode await(String id, Predicate<JsonNode> wanted) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> retrieve(id), wanted);
    }

    List<String> results(String id) {
        var response = send(request("/" + id + "/results").GET());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().lines().toList();
    }

    int resultsStatus(String id) {
        return send(request("/" + id + "/results").GET()).statusCode();
    }

    /** The ids of the newest batches. */
    List<String> listed() {
        var response = send(request("?limit=1000").GET());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body()).path("data").values().stream()
                .map(batch -> batch.path("id").asString())
                .toList();
    }

    /** The status of a harmless call. */
    int listStatus() {
        return send(request("").GET()).statusCode();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve("/v1/messages/batches" + path))
                .header("x-api-key", key)
                .header("anthropic-version", "2023-06-01")
                .header("content-type", "application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
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
    }
}
