package dev.nightmail.api.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.key.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Web pages that call from a browser. */
class CrossOriginTest {

    private static final String PAGE = "https://app.example";

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(new ApiConfig.Access("", List.of(), List.of(PAGE)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aPreflightOfAnAllowedPageIsAnsweredWithoutAKey() throws Exception {
        server.makeKey("key_1", Scope.ADMIN);

        var answer = preflight(PAGE);

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("access-control-allow-origin")).hasValue(PAGE);
        assertThat(answer.headers().firstValue("access-control-allow-methods").orElseThrow())
                .contains("POST", "DELETE");
        assertThat(answer.headers().firstValue("access-control-allow-headers"))
                .hasValue(
                        "x-api-key, anthropic-version, anthropic-dangerous-direct-browser-access");
        assertThat(answer.headers().allValues("vary")).contains("Origin");
        assertThat(answer.headers().firstValue("access-control-allow-credentials")).isEmpty();
    }

    @Test
    void aPreflightOfAnotherPageIsRefusedInWords() throws Exception {
        server.makeKey("key_1", Scope.ADMIN);

        for (var origin : List.of("https://evil.example", "null", PAGE + ".evil.example")) {
            var answer = preflight(origin);

            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("listen.allowed-origins");
            assertThat(answer.headers().firstValue("access-control-allow-origin")).isEmpty();
        }
    }

    @Test
    void anAllowedPageReadsAnswersAndTheirHeaders() throws Exception {
        var answer = server.send(server.call("/v1/messages/batches").header("origin", PAGE));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("access-control-allow-origin")).hasValue(PAGE);
        assertThat(answer.headers().firstValue("access-control-expose-headers")).hasValue("*");
    }

    @Test
    void anAllowedPageReadsErrorsToo() throws Exception {
        for (var path : List.of("/nothing", "/v1/messages/batches?limit=x")) {
            var answer = server.send(server.call(path).header("origin", PAGE));

            assertThat(answer.statusCode()).isBetween(400, 404);
            assertThat(answer.headers().firstValue("access-control-allow-origin")).hasValue(PAGE);
        }
    }

    @Test
    void anotherPageWithAKeyGetsAnAnswerThatItsBrowserKeepsFromIt() throws Exception {
        server.makeKey("key_1", Scope.ADMIN);

        var answer =
                server.send(
                        server.call("/v1/messages/batches")
                                .header("origin", "https://other.example"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("access-control-allow-origin")).isEmpty();
        assertThat(answer.headers().allValues("vary")).contains("Origin");
    }

    @Test
    void anUpstreamDoesNotSayWhichPagesMayRead() throws Exception {
        server.makeKey("key_1", Scope.ADMIN);
        server.onForward((_, _, sink) -> {
            try {
                sink.begin(
                        200,
                        Map.of(
                                "access-control-allow-origin",
                                "*",
                                "vary",
                                "Accept-Encoding",
                                "x-kept",
                                "1"));
                sink.write("{}".getBytes(UTF_8), 0, 2);
                sink.end();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        var answer =
                server.send(
                        server.call("/v1/messages")
                                .header("origin", "https://other.example")
                                .POST(
                                        BodyPublishers.ofString(
                                                "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[]}")));

        assertThat(answer.body()).isEqualTo("{}");
        assertThat(answer.headers().firstValue("x-kept")).hasValue("1");
        assertThat(answer.headers().firstValue("access-control-allow-origin")).isEmpty();
        assertThat(answer.headers().allValues("vary")).contains("Origin", "Accept-Encoding");
    }

    private HttpResponse<String> preflight(String origin) throws Exception {
        return server.send(
                HttpRequest.newBuilder(server.server.baseUri().resolve("/v1/messages"))
                        .method("OPTIONS", BodyPublishers.noBody())
                        .header("origin", origin)
                        .header("access-control-request-method", "POST")
                        .header(
                                "access-control-request-headers",
                                "x-api-key, anthropic-version, anthropic-dangerous-direct-browser-access"));
    }
}
