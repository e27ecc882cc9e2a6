package dev.nightmail.upstream.anthropic;

import static dev.nightmail.upstream.http.MisbehavingUpstream.answer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.ForwardOutcome.Refused;
import dev.nightmail.core.upstream.ForwardOutcome.Unreachable;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.upstream.Gathered;
import dev.nightmail.upstream.http.HttpSettings;
import dev.nightmail.upstream.http.JettyExchanges;
import dev.nightmail.upstream.http.MisbehavingUpstream;
import dev.nightmail.upstream.http.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class AnthropicForwardTest {

    private static final Endpoint MESSAGES = new Endpoint.Messages();

    private final MisbehavingUpstream server = new MisbehavingUpstream();
    private final AnthropicUpstream upstream = upstream(server.uri("/prefix"));
    private final Gathered sink = new Gathered();

    private static AnthropicUpstream upstream(URI url) {
        return new AnthropicUpstream(
                new AnthropicConfig("claude", url, new Secret("k"), "nightmail/0.1.0"),
                new JettyExchanges(HttpSettings.DEFAULT),
                InstantSource.system());
    }

    @AfterEach
    void stop() {
        upstream.close();
        server.close();
    }

    private static Call call(Endpoint endpoint, Duration timeout) {
        return new Call(
                endpoint,
                JsonBytes.of("{\"stream\":true}"),
                ApiVersion.V2026_10_21,
                List.of(),
                null,
                timeout);
    }

    private void forward(Endpoint endpoint) throws InterruptedException {
        sink.take(upstream.forward(call(endpoint, Duration.ofSeconds(30)), sink));
    }

    @Test
    void anAnswerPassesThroughWithTheHeadersThatMatter() throws Exception {
        server.then(
                answer(
                        200,
                        "{ \"any\" : \"json\"\n}",
                        "Content-Type: application/json; charset=utf-8",
                        "Request-Id: req_1",
                        "Anthropic-RateLimit-Requests-Remaining: 9",
                        "Set-Cookie: a=b",
                        "Server: x"));

        forward(MESSAGES);

        assertThat(sink.status()).isEqualTo(200);
        assertThat(sink.text()).isEqualTo("{ \"any\" : \"json\"\n}");
        assertThat(sink.isEnded()).isTrue();
        assertThat(sink.headers())
                .containsOnlyKeys(
                        "content-type", "request-id", "anthropic-ratelimit-requests-remaining");
    }

    @Test
    void aStreamIsPassedOnWhileItIsWritten() throws Exception {
        var firstPassedOn = new CountDownLatch(1);
        server.then((_, to) -> {
            to.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: ping\n\n");
            firstPassedOn.await();
            to.write("event: message_stop\n\n").cut();
        });
        var streaming =
                new Gathered() {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        super.write(bytes, offset, length);
                        firstPassedOn.countDown();
                    }
                };

        upstream.forward(call(MESSAGES, Duration.ofSeconds(30)), streaming);

        assertThat(streaming.text()).isEqualTo("event: ping\n\nevent: message_stop\n\n");
        assertThat(streaming.isEnded()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "count|POST|/prefix/v1/messages/count_tokens",
                "models|GET|/prefix/v1/models?limit=5&lifecycle%5B%5D=active",
                "plain models|GET|/prefix/v1/models",
                "model|GET|/prefix/v1/models/org%2Fmodel%20one"
            })
    void everyEndpointHasItsPlace(String which, String method, String target) throws Exception {
        server.then(answer(200, "{}"));

        forward(
                switch (which) {
                    case "count" -> new Endpoint.CountTokens();
                    case "models" -> new Endpoint.Models("limit=5&lifecycle%5B%5D=active");
                    case "plain models" -> new Endpoint.Models("");
                    default -> new Endpoint.Model("org/model one");
                });

        var seen = server.seen();
        assertThat(seen.method()).isEqualTo(method);
        assertThat(seen.target()).isEqualTo(target);
        assertThat(seen.body().length > 0).isEqualTo(method.equals("POST"));
    }

    @Test
    void aQueryThatCannotBeSentIsRefused() throws Exception {
        forward(new Endpoint.Models("limit=|<>"));

        assertThat(sink.status()).isEqualTo(400);
        assertThat(sink.text()).contains("invalid_request_error");
        assertThat(server.unseen()).isZero();
    }

    @Test
    void anErrorPassesThroughWithItsOwnWords() throws Exception {
        String error =
                "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow down\"}}";
        server.then(answer(429, error, "Retry-After: 7", "x-should-retry: true"));

        forward(MESSAGES);

        assertThat(sink.status()).isEqualTo(429);
        assertThat(sink.text()).isEqualTo(error.replaceFirst("}$", ",\"request_id\":null}"));
        assertThat(sink.headers())
                .containsEntry("retry-after", "7")
                .containsEntry("x-should-retry", "true")
                .containsEntry("content-type", "application/json");
    }

    @Test
    void aMessageIsPassedOnAsJsonWhateverItIsCalled() throws Exception {
        server.then(answer(200, "{\"type\":\"message\"}", "Content-Type: text/plain"));

        forward(MESSAGES);

        assertThat(sink.status()).isEqualTo(200);
        assertThat(sink.text()).isEqualTo("{\"type\":\"message\"}");
        assertThat(sink.headers()).containsEntry("content-type", "application/json");
    }

    @ParameterizedTest
    @CsvSource({
        "502,502,api_error",
        "404,404,not_found_error",
        "302,502,api_error",
        "200,502,api_error",
        "400,502,api_error",
        "413,413,request_too_large",
        "999,500,api_error"
    })
    void aForeignAnswerIsPutIntoTheWiresShape(int status, int passedOn, String type)
            throws Exception {
        server.then(answer(status, "<html>gateway</html>", "Content-Type: text/html"));

        forward(MESSAGES);

        assertThat(sink.status()).isEqualTo(passedOn);
        assertThat(sink.headers()).containsEntry("content-type", "application/json");
        assertThat(sink.text()).contains("\"" + type + "\"", "claude").doesNotContain("gateway");
    }

    @Test
    void anUpstreamThatIsNotThereLeavesTheAnswerToTheCaller() throws Exception {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (var absent = upstream(URI.create("http://127.0.0.1:" + free))) {
            var outcome = absent.forward(call(MESSAGES, Duration.ofSeconds(30)), sink);

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> {
                                assertThat(refused.news())
                                        .isEqualTo(new Unreachable("connection refused"));
                                assertThat(refused.status()).isEqualTo(500);
                                assertThat(new String(refused.body().array(), UTF_8))
                                        .contains("api_error", "claude", "connection refused");
                            });
        }
        assertThat(sink.status()).isZero();
        assertThat(sink.isEnded()).isFalse();
    }

    @Test
    void theOutcomeTellsHowTheUpstreamIs() throws Exception {
        server.then(answer(200, "{}", "content-type: application/json"));
        assertThat(outcome()).isEqualTo(new ForwardOutcome.Answered());

        server.then(answer(400, error("invalid_request_error"), "content-type: application/json"));
        assertThat(outcome()).as("refused").isEqualTo(new ForwardOutcome.Answered());

        server.then(
                answer(
                        429,
                        error("rate_limit_error"),
                        "content-type: application/json",
                        "retry-after: 7"));
        assertThat(outcome())
                .isEqualTo(
                        new ForwardOutcome.Throttled(
                                Duration.ofSeconds(7), Headroom.UNTOLD, false));

        server.then(answer(529, error("overloaded_error"), "content-type: application/json"));
        assertThat(outcome()).isEqualTo(new ForwardOutcome.Throttled(null, Headroom.UNTOLD, true));

        server.then(answer(500, error("api_error"), "content-type: application/json"));
        assertThat(outcome()).isEqualTo(new ForwardOutcome.Failed("status 500"));

        server.then(answer(401, error("authentication_error"), "content-type: application/json"));
        assertThat(outcome()).isInstanceOf(ForwardOutcome.Barred.class);
    }

    private ForwardOutcome.News outcome() throws InterruptedException {
        var client = new Gathered();
        return client.take(upstream.forward(call(MESSAGES, Duration.ofSeconds(30)), client));
    }

    private static String error(String type) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"no\"},\"request_id\":null}"
                .formatted(type);
    }

    @Test
    void aSilentUpstreamIsATimeout() throws Exception {
        server.then(MisbehavingUpstream.never());

        sink.take(upstream.forward(call(MESSAGES, Duration.ofSeconds(1)), sink));

        assertThat(sink.status()).isEqualTo(504);
        assertThat(sink.text()).contains("timeout_error", "claude", "call timeout");
    }

    private static final String STREAM_HEAD =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

    private static final String BEGUN =
            """
            event: message_start
            data: {"type":"message_start","message":{}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Half"}}

            """;

    @ParameterizedTest
    @ValueSource(strings = {"", "event: content_block_delta\ndata: {\"type\":\"cont"})
    void aStreamThatEndsBeforeItsMessageIsBrokenOffBehindItsLastWholeEvent(String torn)
            throws Exception {
        server.then((_, to) -> to.write(STREAM_HEAD + BEGUN + torn).cut());

        var news = sink.take(upstream.forward(call(MESSAGES, Duration.ofSeconds(30)), sink));

        assertThat(news).isEqualTo(new ForwardOutcome.Failed("connection cut"));
        assertThat(sink.text()).startsWith(BEGUN);
        assertThat(sink.isEnded()).isFalse();
        assertThat(sink.brokenOffBy()).contains("\"api_error\"", "claude", "connection cut");
    }

    @Test
    void aStreamWhoseConnectionIsCutIsBrokenOffBehindItsLastWholeEvent() throws Exception {
        server.then((_, to) ->
                to.write(
                                STREAM_HEAD.replace(
                                                "\r\n\r\n",
                                                "\r\ntransfer-encoding: chunked\r\n\r\n")
                                        + "%x\r\n%sev\r\n".formatted(BEGUN.length() + 2, BEGUN))
                        .cut());

        forward(MESSAGES);

        assertThat(sink.text()).isEqualTo(BEGUN);
        assertThat(sink.brokenOffBy()).contains("\"api_error\"", "connection cut");
    }

    @ParameterizedTest
    @ValueSource(strings = {"message_stop", "message_delta", "error"})
    void aStreamThatHasToldHowItEndedIsWhole(String last) throws Exception {
        var end = "event: " + last + "\ndata: {}\n\n";
        server.then((_, to) -> to.write(STREAM_HEAD + BEGUN + end).cut());

        forward(MESSAGES);

        assertThat(sink.text()).isEqualTo(BEGUN + end);
        assertThat(sink.isEnded()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void eventsArePassedOnWholeHoweverTheyCome(String lineEnd) throws Exception {
        var stream = (BEGUN + "event: message_stop\ndata: {}\n\n").replace("\n", lineEnd);
        server.then((_, to) -> {
            to.write(STREAM_HEAD);
            for (byte each : stream.getBytes(UTF_8)) {
                to.write(String.valueOf((char) each));
            }
            to.cut();
        });
        var writes = new ArrayList<String>();
        var client =
                new Gathered() {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        super.write(bytes, offset, length);
                        writes.add(new String(bytes, offset, length, UTF_8));
                    }
                };

        client.take(upstream.forward(call(MESSAGES, Duration.ofSeconds(30)), client));

        assertThat(client.text()).isEqualTo(stream);
        assertThat(writes)
                .allSatisfy(write ->
                        assertThat(write.strip())
                                .satisfiesAnyOf(
                                        whole -> assertThat(whole).startsWith("event:"),
                                        rest -> assertThat(rest).isEmpty()));
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void aByteOrderMarkBeforeTheFirstEventIsLeftOut() throws Exception {
        var end = "event: message_stop\ndata: {\"a\":\"\uFEFF\"}\n\n";
        server.then((_, to) -> to.write(STREAM_HEAD + "\uFEFF" + BEGUN + end).cut());

        forward(MESSAGES);

        assertThat(sink.text()).isEqualTo(BEGUN + end);
    }

    @Test
    void whileNothingComesTheClientIsToldSoButNotInsideAnEvent() throws Exception {
        var beforeHead = new CountDownLatch(1);
        var between = new CountDownLatch(1);
        server.then((_, to) -> {
            beforeHead.await();
            to.write(STREAM_HEAD + BEGUN);
            between.await();
            to.write("event: mess");
            Thread.sleep(1_500);
            to.write("age_stop\ndata: {}\n\n").cut();
        });
        var idleAfter = new ArrayList<String>();
        var client =
                new Gathered() {
                    @Override
                    public void idle() {
                        super.idle();
                        idleAfter.add(text());
                        (status() == 0 ? beforeHead : between).countDown();
                    }
                };

        client.take(upstream.forward(call(MESSAGES, Duration.ofSeconds(30)), client));

        assertThat(idleAfter).containsExactly("", BEGUN);
        assertThat(client.isEnded()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"401,authentication_error", "402,billing_error"})
    void thatOurKeyIsWrongIsNotTheClientsFault(int status, String type) throws Exception {
        server.then(answer(status, error(type), "content-type: application/json"));

        var news = sink.take(upstream.forward(call(MESSAGES, Duration.ofSeconds(30)), sink));

        assertThat(news).isInstanceOf(ForwardOutcome.Barred.class);
        assertThat(sink.status()).isEqualTo(502);
        assertThat(sink.headers()).containsEntry("x-should-retry", "false");
        assertThat(sink.text()).contains("\"api_error\"", "claude", String.valueOf(status));
    }

    @Test
    void thatOurAccountIsOnHoldIsNotTheClientsFault() throws Exception {
        server.then(
                answer(
                        403,
                        "{\"type\":\"error\",\"error\":{\"type\":\"permission_error\",\"message\":\"no\",\"details\":{\"error_code\":\"organization_on_hold\"}}}",
                        "content-type: application/json"));

        forward(MESSAGES);

        assertThat(sink.status()).isEqualTo(502);
        assertThat(sink.text()).contains("\"api_error\"");
    }

    @Test
    void whatOneRequestMayNotDoIsSaidAsTheServiceSaysIt() throws Exception {
        server.then(answer(403, error("permission_error"), "content-type: application/json"));

        forward(MESSAGES);

        assertThat(sink.status()).isEqualTo(403);
        assertThat(sink.text()).isEqualTo(error("permission_error"));
    }

    @Test
    void anAnswerThatBreaksOffIsBrokenOffForTheClientToo() throws Exception {
        server.then(MisbehavingUpstream.cutInsideBody("{\"begun\":\"" + "a".repeat(100)));

        forward(MESSAGES);

        assertThat(sink.status()).isEqualTo(200);
        assertThat(sink.isAborted()).isTrue();
    }

    @Test
    void anAnswerThatBreaksOffBeforeAnythingWasPassedOnIsAnError() throws Exception {
        server.then(MisbehavingUpstream.cutInsideBody("{\"begun\":"));

        forward(MESSAGES);

        assertThat(sink.status()).isEqualTo(500);
        assertThat(sink.text()).contains("api_error");
    }

    @Test
    void aClientThatGoesAwayEndsTheExchange() throws Exception {
        var hungUp = new CountDownLatch(1);
        server.then((seen, to) -> {
            try {
                MisbehavingUpstream.endlessBody().answer(seen, to);
            } catch (IOException e) {
                hungUp.countDown();
                throw e;
            }
        });
        var gone =
                new Gathered() {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        throw new IOException("the client went away");
                    }
                };

        upstream.forward(call(MESSAGES, Duration.ofSeconds(30)), gone);

        assertThat(gone.isAborted()).isTrue();
        hungUp.await();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"x\",\"code\":500}}",
                " { \"type\" : \"error\", \"error\":{\"type\":\"api_error\",\"message\":\"x\"}}",
                "",
                "  \n"
            })
    void whatIsNoAnswerIsNotPassedOnAsASuccess(String body) throws Exception {
        server.then(answer(200, body, "Content-Type: application/json"));

        forward(MESSAGES);

        assertThat(sink.status()).isGreaterThanOrEqualTo(500);
        assertThat(sink.text()).contains("api_error");
    }

    @Test
    void anAnswerWithAnEmptyErrorBesideItPasses() throws Exception {
        var body = "{\"id\":\"msg_1\",\"type\":\"message\",\"error\":null,\"content\":[]}";
        server.then(answer(200, body, "Content-Type: application/json"));

        forward(MESSAGES);

        assertThat(sink.status()).isEqualTo(200);
        assertThat(sink.text()).isEqualTo(body);
    }
}
