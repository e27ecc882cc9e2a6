package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.api.exchange.ApiLimits;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageEndpointsTest {

    private static final String BODY = "{\"max_tokens\": 5, \"model\": \"m-1\", \"x\": [1, 2]}";

    private final AtomicReference<Call> called = new AtomicReference<>();
    private final AtomicReference<String> calledModel = new AtomicReference<>();
    private volatile Instant now = Instant.parse("2026-11-21T22:00:00Z");
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(ApiLimits.DEFAULT, null, () -> now);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aMessageReachesTheUpstreamAsItIsAndItsAnswerTheClient() throws Exception {
        answerWith(200, Map.of("content-type", "application/json", "request-id", "req_up"), "{}");

        var response = server.post("/v1/messages", BODY);

        assertThat(calledModel.get()).isEqualTo("m-1");
        assertThat(called.get().endpoint()).isEqualTo(new Endpoint.Messages());
        assertThat(new String(called.get().body().array(), UTF_8)).isEqualTo(BODY);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{}");
        assertThat(response.headers().allValues("request-id")).containsExactly("req_up");
    }

    @Test
    void eachEndpointIsCalledForWhatItIs() throws Exception {
        answerWith(200, Map.of("content-type", "application/json"), "{}");

        server.post("/v1/messages/count_tokens", BODY);
        assertThat(called.get().endpoint()).isEqualTo(new Endpoint.CountTokens());
        server.get("/v1/models?limit=3&after_id=x");
        assertThat(called.get().endpoint()).isEqualTo(new Endpoint.Models("limit=3&after_id=x"));
        server.get("/v1/models/org%2Fmodel%20one");
        assertThat(called.get().endpoint()).isEqualTo(new Endpoint.Model("org/model one"));
        assertThat(calledModel.get()).isEqualTo("org/model one");
    }

    @Test
    void anErrorWithoutARequestIdIsGivenOurs() throws Exception {
        answerWith(
                502,
                Map.of("content-type", "application/json"),
                "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"m\"},"
                        + "\"request_id\":null}");

        var response = server.post("/v1/messages", BODY);

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(json(response).at("/error/message").asString()).isEqualTo("m");
        assertThat(json(response).path("request_id").asString())
                .isEqualTo(response.headers().firstValue("request-id").orElseThrow());
    }

    @Test
    void anErrorThatIsNotJsonBecomesOne() throws Exception {
        answerWith(503, Map.of("content-type", "text/html"), "<html>busy</html>");

        var response = server.post("/v1/messages", BODY);

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(json(response).at("/error/type").asString()).isEqualTo("overloaded_error");
        assertThat(response.headers().allValues("content-type"))
                .containsExactly("application/json");
    }

    @Test
    void aStreamIsPassedOnAsItComes() throws Exception {
        var firstRead = new CountDownLatch(1);
        server.onForward((model, call, sink) -> {
            write(sink, "event: ping\n\n");
            assertThat(firstRead.await(20, TimeUnit.SECONDS)).isTrue();
            end(sink, "event: message_stop\n\n");
        });
        try (var socket = server.connect()) {
            TestServer.send(socket, rawMessage());
            var in = socket.getInputStream();
            var seen = new StringBuilder();
            while (seen.indexOf("event: ping\n\n") < 0) {
                seen.append((char) in.read());
            }
            firstRead.countDown();

            assertThat(new String(in.readAllBytes(), UTF_8)).contains("message_stop");
        }
    }

    @Test
    void aClientThatHangsUpCallsOffTheCall() throws Exception {
        var waiting = new CountDownLatch(1);
        var calledOff = new CountDownLatch(1);
        server.onForward((model, call, sink) -> {
            waiting.countDown();
            try {
                new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                calledOff.countDown();
                throw e;
            }
        });
        try (var socket = server.connect()) {
            TestServer.send(socket, rawMessage());
            assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(calledOff.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCallThatIsPipelinedBehindAMessageIsAnsweredAfterIt() throws Exception {
        var waiting = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        server.onForward((model, call, sink) -> {
            waiting.countDown();
            assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
            write(sink, "first");
            end(sink, "");
        });
        var message = rawMessage();
        try (var socket = server.connect()) {
            TestServer.send(socket, message.replace("connection: close\r\n", ""));
            assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
            TestServer.send(
                    socket,
                    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            goOn.countDown();

            var answers = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertThat(answers).contains("first").endsWith("{\"status\":\"ok\"}");
        }
    }

    @Test
    void manyMessagesGoOverOneConnection() throws Exception {
        answerWith(200, Map.of("content-type", "application/json"), "{}");

        for (int i = 0; i < 300; i++) {
            assertThat(server.post("/v1/messages", BODY).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aCallUnderWayFinishesBeforeTheServerStops() throws Exception {
        var waiting = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        server.onForward((model, call, sink) -> {
            waiting.countDown();
            assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
            write(sink, "to the");
            end(sink, " end");
        });
        try (var socket = server.connect()) {
            TestServer.send(socket, rawMessage());
            assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
            var stopping = Thread.ofVirtual().start(server::close);
            goOn.countDown();

            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .contains("to the")
                    .contains(" end");
            stopping.join();
        }
    }

    @Test
    void anUpstreamThatBreaksOffCutsTheConnection() {
        server.onForward((model, call, sink) -> {
            write(sink, "event: ping\n\n");
            sink.abort(new IOException("upstream"));
        });

        assertThatThrownBy(() -> server.post("/v1/messages", BODY)).isInstanceOf(IOException.class);
    }

    private static final String STREAM = "{\"model\":\"m-1\",\"stream\":true}";
    private static final String EVENT = "event: content_block_delta\ndata: {}\n\n";
    private static final String PING = "event: ping\ndata: {\"type\": \"ping\"}\n\n";
    private static final JsonBytes CUT =
            JsonBytes.of(
                    "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"cut\"},\"request_id\":null}");

    private TestServer.Raw ending(String request) throws IOException {
        try (var socket = server.connect()) {
            TestServer.send(socket, request);
            return TestServer.readToEnd(socket);
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.0,close", "HTTP/1.0,keep-alive", "HTTP/1.1,close", "HTTP/1.1,keep-alive"})
    void aStreamThatBreaksOffEndsWithAnErrorEventAndAResetWhateverTheClientSpeaks(
            String version, String connection) throws Exception {
        server.onForward((model, call, sink) -> {
            write(sink, EVENT);
            sink.breakOff(CUT);
        });

        var ending =
                ending(
                        rawMessage()
                                .replace("HTTP/1.1", version)
                                .replace("connection: close", "connection: " + connection));

        assertThat(ending.text())
                .contains(EVENT)
                .contains("event: error\ndata: {\"type\":\"error\"")
                .contains("\"message\":\"cut\"", "\"request_id\":\"req_");
        assertThat(ending.reset()).isTrue();
        boolean chunked =
                ending.text().toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked");
        assertThat(chunked).isEqualTo(version.equals("HTTP/1.1"));
        assertThat(ending.text()).doesNotEndWith("0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
    void anAnswerInOnePieceThatBreaksOffEndsWithAReset(String version) throws Exception {
        server.onForward((model, call, sink) -> {
            begin(sink, 200, "application/json");
            add(sink, "{\"half\":");
            sink.breakOff(CUT);
        });

        var ending = ending(rawMessage().replace("HTTP/1.1", version));

        assertThat(ending.text()).contains("{\"half\":").doesNotContain("event: error");
        assertThat(ending.reset()).isTrue();
    }

    @Test
    void aStreamThatIsWholeEndsAsItShould() throws Exception {
        server.onForward((model, call, sink) -> {
            write(sink, EVENT);
            end(sink, "event: message_stop\ndata: {}\n\n");
        });

        var ending = ending(rawMessage());

        assertThat(ending.text()).endsWith("0\r\n\r\n");
        assertThat(ending.reset()).isFalse();
    }

    @Test
    void noProxyIsToHoldBackAStreamOrKeepIt() throws Exception {
        server.onForward((model, call, sink) -> {
            write(sink, EVENT);
            end(sink, "");
        });

        var response = server.post("/v1/messages", STREAM);

        assertThat(response.headers().firstValue("x-accel-buffering")).contains("no");
        assertThat(response.headers().firstValue("cache-control")).contains("no-cache");
        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
    }

    /** As long as an upstream says nothing. */
    private void silence(AnswerSink sink, int seconds) {
        try {
            for (int second = 0; second < seconds; second++) {
                now = now.plusSeconds(1);
                sink.idle();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whileAnUpstreamThinksTheClientOfAStreamIsPinged() throws Exception {
        server.onForward((model, call, sink) -> {
            silence(sink, 25);
            write(sink, EVENT);
            silence(sink, 9);
            add(sink, EVENT);
            silence(sink, 10);
            end(sink, EVENT);
        });

        var response = server.post("/v1/messages", STREAM);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-accel-buffering")).contains("no");
        assertThat(response.body()).isEqualTo(PING + PING + EVENT + EVENT + PING + EVENT);
    }

    @Test
    void whoeverDoesNotAskForAStreamIsNotPinged() throws Exception {
        server.onForward((model, call, sink) -> {
            silence(sink, 120);
            begin(sink, 200, "application/json");
            silence(sink, 60);
            end(sink, "{}");
        });

        var response = server.post("/v1/messages", BODY);

        assertThat(response.body()).isEqualTo("{}");
    }

    @Test
    void aRefusalBeforeTheFirstPingKeepsItsStatus() throws Exception {
        server.onForward((model, call, sink) -> {
            silence(sink, 9);
            begin(sink, 529, "application/json");
            end(sink, new String(CUT.array(), UTF_8));
        });

        assertThat(server.post("/v1/messages", STREAM).statusCode()).isEqualTo(529);
    }

    @Test
    void aRefusalBehindAPingIsAnErrorEvent() throws Exception {
        server.onForward((model, call, sink) -> {
            silence(sink, 10);
            begin(sink, 529, "application/json");
            end(sink, new String(CUT.array(), UTF_8));
        });

        var response = server.post("/v1/messages", STREAM);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith(PING + "event: error\ndata: {").endsWith("}\n\n");
        var error = TestServer.JSON.readTree(response.body().split("data: ", 3)[2]);
        assertThat(error.at("/error/message").asString()).isEqualTo("cut");
        assertThat(error.path("request_id").asString())
                .isEqualTo(response.headers().firstValue("request-id").orElseThrow());
    }

    @Test
    void anAnswerInOnePieceBehindAPingIsAnErrorEvent() throws Exception {
        server.onForward((model, call, sink) -> {
            silence(sink, 10);
            begin(sink, 200, "application/json");
            end(sink, "{\"type\":\"message\"}");
        });

        var response = server.post("/v1/messages", STREAM);

        assertThat(response.body())
                .startsWith(PING + "event: error\ndata: ")
                .contains("without streaming")
                .doesNotContain("\"type\":\"message\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{} {}", "{\"a\":\"\u0001\"}"})
    void aBodyThatIsNoJsonObjectIsRefused(String body) throws Exception {
        var response = server.post("/v1/messages", body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/message").asString()).startsWith("the body");
    }

    @Test
    void aBodyOverThirtyTwoMebibytesIsRefused() throws Exception {
        var response = server.post("/v1/messages", new byte[32 * 1024 * 1024 + 1]);

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(json(response).at("/error/type").asString()).isEqualTo("request_too_large");
    }

    private void answerWith(int status, Map<String, String> headers, String body) {
        var answering = TestServer.answering(status, headers, body);
        server.onForward((model, call, sink) -> {
            calledModel.set(model);
            called.set(call);
            answering.forward(model, call, sink);
        });
    }

    private static void write(AnswerSink sink, String event) {
        begin(sink, 200, "text/event-stream");
        add(sink, event);
    }

    private static void begin(AnswerSink sink, int status, String contentType) {
        try {
            sink.begin(status, Map.of("content-type", contentType));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(AnswerSink sink, String event) {
        try {
            sink.write(event.getBytes(UTF_8), 0, event.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(AnswerSink sink, String event) {
        try {
            sink.write(event.getBytes(UTF_8), 0, event.length());
            sink.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String rawMessage() {
        return """
        POST /v1/messages HTTP/1.1\r
        Host: localhost\r
        x-api-key: k\r
        anthropic-version: 2023-06-01\r
        connection: close\r
        content-length: %d\r
        \r
        """
                        .formatted(BODY.length())
                + BODY;
    }
}
