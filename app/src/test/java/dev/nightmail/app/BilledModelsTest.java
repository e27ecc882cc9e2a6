package dev.nightmail.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server says of each model what its answers are billed at. */
class BilledModelsTest {

    private static final String LIST =
            "{\"data\":[{\"id\":\"m-1\",\"type\":\"model\",\"max_tokens\": 1.50}],\"has_more\":false}";

    private static JsonNode get(URI server, String path) throws Exception {
        return JsonMapper.shared().readTree(text(server, path));
    }

    private static String text(URI server, String path) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(server.resolve(path))
                            .header("x-api-key", "any")
                            .header("anthropic-version", "2023-06-01")
                            .build();
            return http.send(request, BodyHandlers.ofString()).body();
        }
    }

    /** Says this of one model, and that list of all. */
    private static HttpServer upstream(String model) throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    var isList = exchange.getRequestURI().getPath().equals("/v1/models");
                    var bytes = (isList ? LIST : model).getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("content-type", "application/json");
                    exchange.sendResponseHeaders(200, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
        return server;
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Test
    void theSimulatorBillsNobody() throws Exception {
        try (var server = TestServer.start("upstream=simulator")) {
            assertThat(
                            get(server.baseUri(), "/v1/models/claude-haiku-4-5")
                                    .at("/nightmail/billing")
                                    .asString())
                    .isEqualTo("simulated");
            assertThat(get(server.baseUri(), "/v1/models").path("data").values())
                    .isNotEmpty()
                    .allSatisfy(model ->
                            assertThat(model.at("/nightmail/billing").asString())
                                    .isEqualTo("simulated"));
        }
    }

    @Test
    void aCalledUpstreamBillsCallsUnlessItIsFreeAndAllElseStaysAsItCame() throws Exception {
        var upstream = upstream("{\"id\":\"m-1\", \"max_tokens\": 1.50, \"x\":{} }");
        try (var standard = TestServer.start("upstream=" + url(upstream));
                var free =
                        TestServer.start(
                                "upstreams.gpu.url=" + url(upstream),
                                "upstreams.gpu.billing=free");
                var batches =
                        TestServer.start(
                                "upstreams.half.url=" + url(upstream),
                                "upstreams.half.mode=batches")) {
            assertThat(text(standard.baseUri(), "/v1/models/m-1"))
                    .isEqualTo(
                            "{\"nightmail\":{\"billing\":\"standard\"},\"id\":\"m-1\", \"max_tokens\": 1.50, \"x\":{} }");
            assertThat(text(free.baseUri(), "/v1/models"))
                    .isEqualTo(
                            LIST.replace(
                                    "{\"id\"", "{\"nightmail\":{\"billing\":\"free\"},\"id\""));
            assertThat(text(batches.baseUri(), "/v1/models/m-1")).contains("\"batch\"");
        } finally {
            upstream.stop(0);
        }
    }

    @Test
    void whoIsNearerToTheBillHasTheWord() throws Exception {
        var upstream = upstream("{\"id\":\"m-1\",\"nightmail\":{\"billing\":\"batch\"}}");
        try (var server = TestServer.start("upstream=" + url(upstream))) {
            assertThat(text(server.baseUri(), "/v1/models/m-1"))
                    .isEqualTo("{\"id\":\"m-1\",\"nightmail\":{\"billing\":\"batch\"}}");
        } finally {
            upstream.stop(0);
        }
    }

    @Test
    void whereSeveralMayAnswerTheDearestCounts() throws Exception {
        var upstream = upstream("{\"id\":\"m-1\"}");
        try (var server =
                TestServer.start(
                        "upstreams.gpu.url=" + url(upstream),
                        "upstreams.gpu.billing=free",
                        "upstreams.claude.url=" + url(upstream),
                        "routes.0.model=m-*",
                        "routes.0.upstream=gpu,claude",
                        "routes.1.upstream=gpu")) {
            assertThat(text(server.baseUri(), "/v1/models/m-1")).contains("\"standard\"");
        } finally {
            upstream.stop(0);
        }
    }

    @Test
    void aPipelineAtASimulatedServerSpendsNothingOfItsBudget(@TempDir Path folder) {
        try (var server = TestServer.start("upstream=simulator")) {
            var session = new AppSession(folder);
            session.file("records.csv", "id,text\na,high\nb,low\n");
            session.file(
                    "tides.yaml",
                    """
                    source: { sql: "select * from 'records.csv'" }
                    model: claude-haiku-4-5
                    max_tokens: 50
                    prompt: "{{text}}"
                    sink: { file: results.jsonl }
                    budget: { usd: 0.0000001 }
                    """);

            assertThat(session.run("run", "tides.yaml", "--endpoint", server.baseUri().toString()))
                    .isZero();

            assertThat(session.out())
                    .contains(
                            "simulated: would have cost under $0.0001 at Anthropic's batch price");
        }
    }
}
