package dev.nightmail.bench.soak;

import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Times;
import dev.nightmail.bench.process.Server;
import dev.nightmail.bench.workload.Workload;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * An interactive client that behaves as the official SDKs do: it sends a call again, twice, where
 * the server says that it has no room for now.
 */
final class GoodCalls implements AutoCloseable {

    private static final Workload CALLS = Workload.of(1_000);
    private static final Set<Integer> NO_ROOM = Set.of(429, 503, 529);
    private static final int TRIES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Server server;
    private final String key;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Times times = new Times();
    private int sentAgain;
    private int next;

    GoodCalls(Server server, String key) {
        this.server = server;
        this.key = key;
    }

    /**
     * @throws BenchmarkFailure if the answer is not that to this very request
     */
    void call() throws IOException, InterruptedException {
        int number = next++ % CALLS.requests();
        var answer = times.time(() -> answer(number));
        if (!answer.contains("[" + CALLS.customId(number) + "] was sent with checksum ")) {
            throw new BenchmarkFailure("a good call was answered with " + answer);
        }
    }

    private String answer(int number) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(server.url().resolve("/v1/messages"))
                        .POST(BodyPublishers.ofByteArray(CALLS.params(number)))
                        .header("x-api-key", key)
                        .header("anthropic-version", "2023-06-01")
                        .header("content-type", "application/json")
                        .timeout(PATIENCE)
                        .build();
        for (int attempt = 1; ; attempt++) {
            var response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                return response.body();
            }
            if (attempt == TRIES || !NO_ROOM.contains(response.statusCode())) {
                throw new BenchmarkFailure(
                        "a good call was answered with %d %s"
                                .formatted(response.statusCode(), response.body()));
            }
            sentAgain++;
            LockSupport.parkNanos(Duration.ofSeconds(attempt).toNanos());
        }
    }

    Times times() {
        return times;
    }

    int sentAgain() {
        return sentAgain;
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
