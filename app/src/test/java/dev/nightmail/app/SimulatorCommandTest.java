package dev.nightmail.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class SimulatorCommandTest {

    private static final String READY = "Nightmail simulator is ready at ";

    @TempDir private Path folder;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable AppSession session;
    private @Nullable Future<Integer> command;
    private final CompletableFuture<IntSupplier> stop = new CompletableFuture<>();

    @AfterEach
    void end() throws Exception {
        if (stop.isDone()) {
            var _ = stop.join().getAsInt();
        }
        client.shutdownNow();
        threads.shutdownNow();
    }

    /** Starts it, and waits until it says where it is. */
    private String start(String... arguments) {
        var sitting = new AppSession(folder).with(InstantSource.system());
        var all = new ArrayList<>(List.of("simulator", "--port", "0"));
        all.addAll(List.of(arguments));
        session = sitting;
        command = threads.submit(() -> sitting.run(stop::complete, all.toArray(String[]::new)));
        return sitting.awaitLine();
    }

    private static URI url(String ready) {
        return URI.create(ready.substring(READY.length()));
    }

    private HttpResponse<String> post(URI server, String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(server.resolve(path))
                        .header("x-api-key", "any")
                        .header("anthropic-version", "2023-06-01")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String ask(String prompt) {
        return """
        {"model":"claude-haiku-4-5","max_tokens":100,"messages":[{"role":"user","content":"%s"}]}\
        """
                .formatted(prompt);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    @Test
    void itAnswersUntilItIsToldToStop() throws Exception {
        var ready = start();
        var server = url(ready);

        assertThat(ready).startsWith(READY);
        var answer = post(server, "/v1/messages", ask("Hello."));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).at("/content/0/text").asString()).startsWith("[simulated] ");
        assertThat(answer.headers().firstValue("request-id")).isPresent();
        assertThat(answer.headers().allValues("nightmail-honours")).isEmpty();

        assertThat(stop.get(1, TimeUnit.MINUTES).getAsInt()).isZero();
        assertThat(requireNonNull(command).get(1, TimeUnit.MINUTES)).isZero();
        assertThat(requireNonNull(session).err()).isEmpty();
        assertThatThrownBy(() -> post(server, "/v1/messages", ask("Hello.")))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void forProgramsReadyIsAnObject() throws Exception {
        var server =
                URI.create(JsonMapper.shared().readTree(start("--json")).path("url").asString());

        var counted = post(server, "/v1/messages/count_tokens", ask("Hello."));

        assertThat(json(counted).path("input_tokens").asInt()).isPositive();
    }

    @Test
    void itIsAsItWasSet() throws Exception {
        var server = url(start("--set", "requests-per-minute=1", "--seed", "3"));

        var answered = post(server, "/v1/messages", ask("Hello."));
        var refused = post(server, "/v1/messages", ask("Hello."));

        assertThat(answered.headers().firstValue("anthropic-ratelimit-requests-remaining"))
                .contains("0");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        assertThat(json(refused).at("/error/type").asString()).isEqualTo("rate_limit_error");
        assertThat(json(refused).path("request_id").asString())
                .isEqualTo(refused.headers().firstValue("request-id").orElseThrow());
    }

    @Test
    void aBrokenAnswerBreaksTheConnection() throws Exception {
        var server = url(start());

        assertThatThrownBy(() -> post(server, "/v1/messages", ask("nightmail-simulate:error=cut")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() ->
                        post(server, "/v1/messages", ask("nightmail-simulate:error=unreachable")))
                .isInstanceOf(IOException.class);
        assertThat(post(server, "/v1/messages", ask("Hello.")).statusCode()).isEqualTo(200);
    }

    @Test
    void itHasNoBatchesAndSaysWhoHas() throws Exception {
        var server = url(start());

        for (var path : List.of("", "/msgbatch_1/cancel")) {
            var refused = post(server, "/v1/messages/batches" + path, "{}");
            assertThat(refused.statusCode()).isEqualTo(404);
            assertThat(json(refused).at("/error/type").asString()).isEqualTo("not_found_error");
            assertThat(json(refused).at("/error/message").asString()).contains("./nightmail serve");
        }
    }

    @Test
    void whatIsWrongIsToldAndNothingStarted() {
        var sitting = new AppSession(folder);

        assertThat(sitting.run("simulator", "--set", "capacity=0", "--set", "port=-1"))
                .isEqualTo(2);
        assertThat(sitting.err())
                .isEqualTo(
                        """
                        nightmail: port: must be a whole number from 0 to 65535, not "-1"
                        nightmail: capacity: must be a whole number from 1 to 1000000, not "0"
                        """);
        assertThat(sitting.out()).isEmpty();
    }
}
