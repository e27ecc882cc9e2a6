package dev.nightmail.bench.http;

import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.process.Server;
import dev.nightmail.bench.workload.JoinCheck;
import dev.nightmail.bench.workload.JoinCheck.Proof;
import dev.nightmail.bench.workload.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Message Batches API of one server, as far as the benchmarks need it. */
public final class BatchApi implements AutoCloseable {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    /** What a server takes that has no key made. */
    public static final String ANY_KEY = Wire.ANY_KEY;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Server server;
    private final String key;
    private final Duration pollInterval;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** With no key in particular, as a server takes it that has none made. */
    public BatchApi(Server server) {
        this(server, ANY_KEY);
    }

    public BatchApi(Server server, String key) {
        this(server, key, POLL_INTERVAL);
    }

    /**
     * @param pollInterval between two looks at a batch that is waited for
     */
    public BatchApi(Server server, String key, Duration pollInterval) {
        this.server = server;
        this.key = key;
        this.pollInterval = pollInterval;
    }

    /**
     * @param status as in {@code processing_status}
     * @param processing requests that are not settled yet
     */
    public record Batch(String id, String status, int processing, int succeeded) {
        public boolean hasEnded() {
            return status.equals("ended");
        }
    }

    public Batch create(Path body) {
        return batch(JSON.readTree(Wire.post(uri("/v1/messages/batches"), key, body)));
    }

    public Batch show(String id) throws InterruptedException {
        return batch(call("GET", "/v1/messages/batches/" + id));
    }

    public void cancel(String id) throws InterruptedException {
        call("POST", "/v1/messages/batches/" + id + "/cancel");
    }

    public void delete(String id) throws InterruptedException {
        call("DELETE", "/v1/messages/batches/" + id);
    }

    /** Asks again and again until the batch is as wished. */
    public Batch await(String id, Predicate<Batch> wish, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            server.process().requireAlive();
            var batch = show(id);
            if (wish.test(batch)) {
                return batch;
            }
            if (System.nanoTime() > deadline) {
                throw new BenchmarkFailure("still waiting after " + patience + ": " + batch);
            }
            LockSupport.parkNanos(pollInterval.toNanos());
        }
    }

    /** Reads all results of a batch back and holds each against its request. */
    public void requireEveryResultJoined(String id, Workload workload)
            throws IOException, InterruptedException {
        requireEveryResultJoined(id, workload, Proof.EVERY_BYTE);
    }

    /** As above, with less proof. */
    public void requireEveryResultJoined(String id, Workload workload, Proof proof)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                client.send(request("GET", resultsPath(id)), BodyHandlers.ofInputStream());
        try (var body = response.body()) {
            var findings = JoinCheck.check(workload, body, proof);
            if (response.statusCode() != 200 || !findings.allRight()) {
                throw new BenchmarkFailure("results of %s: %s".formatted(id, findings));
            }
        }
    }

    public URI results(String id) {
        return uri(resultsPath(id));
    }

    private static String resultsPath(String id) {
        return "/v1/messages/batches/" + id + "/results";
    }

    private JsonNode call(String method, String path) throws InterruptedException {
        try {
            var response = client.send(request(method, path), BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new BenchmarkFailure(
                        "%s %s was answered with %d %s"
                                .formatted(
                                        method,
                                        path,
                                        response.statusCode(),
                                        JSON.readTree(response.body())));
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            server.process().requireAlive();
            throw new BenchmarkFailure(method + " " + path + " got no answer: " + e.getMessage());
        }
    }

    private HttpRequest request(String method, String path) {
        return HttpRequest.newBuilder(uri(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("x-api-key", key)
                .header("anthropic-version", "2023-06-01")
                .timeout(Duration.ofMinutes(2))
                .build();
    }

    private URI uri(String path) {
        return server.url().resolve(path);
    }

    private static Batch batch(JsonNode json) {
        var counts = json.path("request_counts");
        return new Batch(
                json.path("id").asString(),
                json.path("processing_status").asString(),
                counts.path("processing").asInt(),
                counts.path("succeeded").asInt());
    }

    @Override
    public void close() {
        client.close();
    }
}
