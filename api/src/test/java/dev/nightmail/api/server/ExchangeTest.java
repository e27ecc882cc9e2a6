package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.api.exchange.ApiLimits;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.Scope;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every call, whatever its endpoint. */
class ExchangeTest {

    private static final String BATCHES = "/v1/messages/batches";
    private static final String GOOD = "{\"requests\":[{\"custom_id\":\"a\",\"params\":{}}]}";

    @TempDir Path folder;
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/messages/batches/",
                "/v1/messages/batches/msgbatch_1/foo",
                "/v1/messages/batches/not-an-id",
                "/v1/messages/batches/msgbatch_01AAAAAAAAAAAAAAAAAAAAAA",
            })
    void whatIsNotThereIsNotFound(String path) throws Exception {
        var response = server.get(path);

        assertThat(response.statusCode()).isEqualTo(404);
        assertIsError(response, "not_found_error");
    }

    @ParameterizedTest
    @CsvSource({
        "PUT,/v1/messages/batches,'GET, HEAD, POST'",
        "GET,/v1/messages,POST",
        "POST,/v1/messages/batches/msgbatch_1,'DELETE, GET, HEAD'",
    })
    void aMethodThatAPathDoesNotTakeIsRefused(String method, String path, String allowed)
            throws Exception {
        var response = server.send(server.call(path).method(method, BodyPublishers.ofString("{}")));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue(allowed);
        assertIsError(response, "invalid_request_error");
    }

    @ParameterizedTest
    @CsvSource({"limit=0", "limit=1001", "limit=x", "limit=", "after_id=x", "before_id=msgbatch_1"})
    void aBadPageQueryIsRefusedByItsName(String query) throws Exception {
        var response = server.get(BATCHES + "?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/message").asString())
                .startsWith(query.substring(0, query.indexOf('=')) + ": ");
    }

    @Test
    void twoCursorsAreRefused() throws Exception {
        var id = json(server.create(GOOD)).path("id").asString();

        var response = server.get(BATCHES + "?after_id=" + id + "&before_id=" + id);

        assertThat(response.statusCode()).isEqualTo(400);
    }

    @Test
    void aVersionIsRequiredAndHasToBeKnown() throws Exception {
        var without =
                server.send(
                        HttpRequest.newBuilder(server.server.baseUri().resolve(BATCHES))
                                .header("x-api-key", "k"));
        var unknown = server.send(versioned("2024-01-01"));
        var second = server.send(versioned("2026-10-21"));

        assertThat(without.statusCode()).isEqualTo(400);
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(json(unknown).at("/error/message").asString())
                .startsWith("anthropic-version: ")
                .contains("2023-06-01, 2026-10-21");
        assertThat(second.statusCode()).isEqualTo(200);
    }

    private HttpRequest.Builder versioned(String version) {
        return HttpRequest.newBuilder(server.server.baseUri().resolve(BATCHES))
                .header("authorization", "Bearer k")
                .header("anthropic-version", version);
    }

    @Test
    void betasAreTrimmedAndKeptOnce() throws Exception {
        var response =
                server.send(
                        server.call(BATCHES)
                                .header("anthropic-beta", "one, two ,one")
                                .header("anthropic-beta", "three")
                                .header("anthropic-user-profile-id", "profile")
                                .POST(BodyPublishers.ofString(GOOD)));

        var batch = server.desk.batch(new BatchId(json(response).path("id").asString()));
        assertThat(batch.header().betas()).containsExactly("one", "two", "three");
        assertThat(batch.header().userProfileId()).isEqualTo("profile");
    }

    @Test
    void healthNeedsNoKey() throws Exception {
        var response =
                server.send(HttpRequest.newBuilder(server.server.baseUri().resolve("/healthz")));

        assertThat(response.body()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(response.headers().firstValue("request-id")).isPresent();
    }

    @Test
    void everyAnswerHasARequestIdAndNoServerVersion() throws Exception {
        var response = server.get(BATCHES);

        assertThat(response.headers().firstValue("request-id").orElseThrow())
                .matches("req_[0-9A-Za-z]{24}");
        assertThat(response.headers().firstValue("server")).isEmpty();
        assertThat(response.headers().firstValue("anthropic-workspace-id")).hasValue("default");
        assertThat(response.headers().firstValue("anthropic-organization-id")).isPresent();
        assertThat(response.headers().allValues("nightmail-honours"))
                .containsExactly("idempotency-key", "partial-results", "events");
    }

    @Test
    void theUrlOfResultsFollowsTheProxyInFront() throws Exception {
        server.makeKey("key_1", Scope.ADMIN);
        var id = ended();

        var batch =
                json(
                        server.send(
                                server.call(BATCHES + "/" + id)
                                        .header("x-forwarded-proto", "https")
                                        .header("x-forwarded-host", "relay.example, inner")
                                        .header("x-forwarded-prefix", "/some/prefix/")));

        assertThat(batch.path("results_url").asString())
                .isEqualTo("https://relay.example/some/prefix" + BATCHES + "/" + id + "/results");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/{x}", "/../up", "/.", "no-slash", "/a b", "//"})
    void aPrefixThatSdksCannotFollowIsLeftOut(String prefix) throws Exception {
        server.makeKey("key_1", Scope.ADMIN);
        var id = ended();

        var batch =
                json(
                        server.send(
                                server.call(BATCHES + "/" + id)
                                        .header("x-forwarded-prefix", prefix)));

        assertThat(batch.path("results_url").asString())
                .isEqualTo(server.server.baseUri() + BATCHES + "/" + id + "/results");
    }

    @Test
    void aConfiguredUrlGoesBeforeAll() throws Exception {
        server.close();
        server = new TestServer(ApiLimits.DEFAULT, URI.create("https://batches.example/x/"));
        var id = ended();

        assertThat(json(server.get(BATCHES + "/" + id)).path("results_url").asString())
                .isEqualTo("https://batches.example/x" + BATCHES + "/" + id + "/results");
    }

    private BatchId ended() throws Exception {
        var id = new BatchId(json(server.create(GOOD)).path("id").asString());
        server.desk.end(id, Files.writeString(folder.resolve(id.value()), "{}\n"));
        return id;
    }

    private static void assertIsError(HttpResponse<String> response, String type) {
        var error = json(response);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(error.path("type").asString()).isEqualTo("error");
        assertThat(error.at("/error/type").asString()).isEqualTo(type);
        assertThat(error.path("request_id").asString())
                .isEqualTo(response.headers().firstValue("request-id").orElseThrow());
    }
}
