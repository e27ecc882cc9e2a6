package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.KeySecret;
import dev.nightmail.core.key.Scope;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.schedule.UpstreamState;
import dev.nightmail.core.schedule.UpstreamState.Calls;
import dev.nightmail.core.schedule.UpstreamState.Condition;
import dev.nightmail.core.schedule.UpstreamState.Places;
import dev.nightmail.core.schedule.UpstreamState.Problem;
import dev.nightmail.core.schedule.UpstreamState.Quota;
import dev.nightmail.core.schedule.UpstreamState.Relays;
import dev.nightmail.core.upstream.Headroom.Limit;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UpstreamsEndpointTest {

    private static final String PATH = "/nightmail/v1/upstreams";
    private static final Instant NOW = Instant.parse("2026-11-21T22:00:00Z");

    private final SplittableRandom random = new SplittableRandom(1);
    private final TestServer server;

    UpstreamsEndpointTest() throws IOException {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void eachUpstreamIsDescribedWithAllItsFields() throws Exception {
        server.upstreamsStand(
                new UpstreamState(
                        "claude",
                        Condition.SLOWED,
                        null,
                        new Places(12, 64, 64, 3),
                        List.of(new Quota(Limit.INPUT_TOKENS, 600_000, 1_200, 10_000)),
                        null,
                        2,
                        new Calls(1_000, 5, 1, 12.3456),
                        new Relays(2, 8, 150_000, 400_000, 12, true),
                        null),
                new UpstreamState(
                        "local",
                        Condition.UNREACHABLE,
                        NOW.plusSeconds(15),
                        new Places(0, 1, 256, 0),
                        List.of(),
                        4.25,
                        0,
                        new Calls(0, 0, 7, 0),
                        null,
                        new Problem("connection refused", NOW)));

        var answer = server.get(PATH);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.body())
                .isEqualTo(
                        """
                        {"data":[{"name":"claude","type":"upstream","condition":"slowed",\
                        "paused_until":null,"calls_in_flight":{"batches":12,"batches_limit":64,\
                        "batches_max":64,"interactive":3},"rate_limits":[{"of":"input_tokens",\
                        "limit":600000,"remaining":1200,"refill_per_second":10000.0}],\
                        "calls_per_second_found":null,"batches_waiting":2,\
                        "calls":{"answered":1000,"throttled":5,"failed":1},\
                        "answers_per_second":12.346,"relays":{"out":2,"max":8,"requests":150000,\
                        "requests_max":400000,"requests_waiting":12,"held":true},"last_problem":null},\
                        {"name":"local","type":"upstream","condition":"unreachable",\
                        "paused_until":"2026-11-21T22:00:15.000000Z","calls_in_flight":\
                        {"batches":0,"batches_limit":1,"batches_max":256,"interactive":0},\
                        "rate_limits":[],"calls_per_second_found":4.25,"batches_waiting":0,\
                        "calls":{"answered":0,"throttled":0,"failed":7},\
                        "answers_per_second":0.0,"relays":null,"last_problem":{"reason":"connection refused",\
                        "at":"2026-11-21T22:00:00.000000Z"}}]}\
                        """);
    }

    @Test
    void whereThereAreKeysOnlyOneForAdministrationOpensIt() throws Exception {
        var reader = keyWith(Scope.READ);
        var admin = keyWith(Scope.ADMIN);

        var refused = getWith(reader);

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(json(refused).path("error").path("type").asString())
                .isEqualTo("permission_error");
        assertThat(json(refused).path("error").path("message").asString()).contains("'admin'");
        assertThat(getWith(admin).statusCode()).isEqualTo(200);
    }

    @Test
    void itIsOnlyForLookingAt() throws Exception {
        assertThat(server.post(PATH, "{}").statusCode()).isEqualTo(405);
    }

    @Test
    void aPersonResumesOneByItsName() throws Exception {
        server.upstreamsStand(called("claude"), called("local"));

        var answer = server.post(PATH + "/claude/resume", "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"name\":\"claude\",\"type\":\"upstream_resumed\"}");
        assertThat(server.resumed).containsExactly("claude");
    }

    @Test
    void noneThatIsNotThereIsResumed() throws Exception {
        server.upstreamsStand(called("claude"));

        var answer = server.post(PATH + "/Claude/resume", "");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(json(answer).path("error").path("type").asString()).isEqualTo("not_found_error");
        assertThat(server.resumed).isEmpty();
    }

    @Test
    void onlyAKeyForAdministrationResumes() throws Exception {
        server.upstreamsStand(called("claude"));
        var submitter = keyWith(Scope.SUBMIT);

        var answer =
                server.send(
                        server.call(PATH + "/claude/resume")
                                .setHeader("x-api-key", submitter)
                                .POST(HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(server.resumed).isEmpty();
    }

    private static UpstreamState called(String name) {
        return new UpstreamState(
                name,
                Condition.HEALTHY,
                null,
                new Places(0, 1, 1, 0),
                List.of(),
                null,
                0,
                new Calls(0, 0, 0, 0),
                null,
                null);
    }

    private HttpResponse<String> getWith(String key) throws Exception {
        return server.send(server.call(PATH).setHeader("x-api-key", key));
    }

    private String keyWith(Scope scope) {
        var secret = KeySecret.create(random);
        server.keys.insert(
                new ApiKey(
                        KeyId.create(random),
                        WorkspaceId.DEFAULT,
                        scope.wireName(),
                        Set.of(scope),
                        NOW,
                        null),
                secret.sha256());
        return secret.reveal();
    }
}
