package dev.nightmail.bench.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.bench.workload.JoinCheck;
import dev.nightmail.bench.workload.JoinCheck.Findings;
import dev.nightmail.bench.workload.Workload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class LocalUpstreamTest {

    private final Workload workload = new Workload(2, 1);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private ServerSocketChannel listener;
    private Thread thread;

    @BeforeEach
    void start() throws IOException {
        listener = ServerSocketChannel.open();
        thread = Thread.ofPlatform().name("upstream").start(LocalUpstream.listening(listener));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        listener.close();
        thread.join();
    }

    @Test
    void anAnswerPassesAsTheOneToItsRequest() throws Exception {
        var one = send(Manner.ANSWERING, 0).body();
        var other = send(Manner.ANSWERING, 1).body();

        var results = result(1, other) + "\n" + result(0, one) + "\n";
        assertThat(JoinCheck.check(workload, new ByteArrayInputStream(results.getBytes(UTF_8))))
                .isEqualTo(new Findings(2, 0, 0, 0));
        assertThat(one).hasSize(2_048);
    }

    @Test
    void aFittingAnswerIsJsonThatNamesItsRequest() throws Exception {
        var answer = send(Manner.FITTING, 1).body();

        var text = JsonMapper.shared().readTree(answer).at("/content/0/text").asString();
        assertThat(JsonMapper.shared().readTree(text).path("number").asInt()).isEqualTo(1);
        assertThat(answer).hasSize(2_048);
    }

    @Test
    void whoNeverAnswersCountsTokensAllTheSame() throws Exception {
        var count =
                HttpRequest.newBuilder(URI.create(uri(Manner.NEVER) + "/count_tokens"))
                        .POST(BodyPublishers.ofByteArray(workload.params(0)))
                        .build();
        var held = client.sendAsync(request(Manner.NEVER, 0), BodyHandlers.ofString());

        assertThat(client.send(count, BodyHandlers.ofString()).body()).contains("input_tokens");
        assertThat(held).isNotDone();
        held.cancel(true);
    }

    @Test
    void whoHasNoRoomSaysForHowLong() throws Exception {
        var answer = send(Manner.FULL, 0);

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("retry-after")).hasValue("3600");
    }

    @Test
    void aHeldRequestWaitsWhileOthersAreAnswered() throws Exception {
        var held = client.sendAsync(request(Manner.HOLDING, 1), BodyHandlers.ofString());

        assertThat(send(Manner.HOLDING, 0).statusCode()).isEqualTo(200);
        assertThat(held).isNotDone();
        held.cancel(true);
    }

    @Test
    void aLateAnswerKeepsNobodyElseWaiting() throws Exception {
        var inAnHour = new Manner.Answering(Duration.ofHours(1));
        var late = client.sendAsync(request(inAnHour, 0), BodyHandlers.ofString());

        assertThat(send(Manner.ANSWERING, 1).statusCode()).isEqualTo(200);
        assertThat(late).isNotDone();
        late.cancel(true);
    }

    @Test
    void aLateAnswerComes() throws Exception {
        var soon = new Manner.Answering(Duration.ofMillis(30));

        assertThat(send(soon, 0).body()).contains(workload.customId(0));
    }

    @Test
    void aCallMayBeLargerThanAUsualOne() throws Exception {
        var padded = Arrays.copyOf(workload.params(0), 100_000);
        Arrays.fill(padded, workload.params(0).length, padded.length, (byte) ' ');

        var call =
                HttpRequest.newBuilder(uri(Manner.ANSWERING))
                        .POST(BodyPublishers.ofByteArray(padded))
                        .build();

        assertThat(client.send(call, BodyHandlers.ofString()).body())
                .contains(workload.customId(0));
    }

    @Test
    void itTellsOfItsModel() throws Exception {
        var call = HttpRequest.newBuilder(uri(Manner.ANSWERING).resolve("models")).GET().build();

        assertThat(client.send(call, BodyHandlers.ofString()).body()).contains("claude-bench");
    }

    private HttpResponse<String> send(Manner manner, int number) throws Exception {
        return client.send(request(manner, number), BodyHandlers.ofString());
    }

    private HttpRequest request(Manner manner, int number) {
        return HttpRequest.newBuilder(uri(manner))
                .POST(BodyPublishers.ofByteArray(workload.params(number)))
                .build();
    }

    private URI uri(Manner manner) {
        int port = listener.socket().getLocalPort();
        return URI.create("http://127.0.0.1:" + port + manner.path() + "/v1/messages");
    }

    private String result(int number, String message) {
        return "{\"custom_id\":\"%s\",\"result\":{\"type\":\"succeeded\",\"message\":%s}}"
                .formatted(workload.customId(number), message);
    }
}
