package dev.nightmail.upstream.anthropic;

import static dev.nightmail.upstream.http.MisbehavingUpstream.answer;
import static dev.nightmail.upstream.http.MisbehavingUpstream.redirect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Charge;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.http.CostOfFailures;
import dev.nightmail.upstream.http.HttpSettings;
import dev.nightmail.upstream.http.JettyExchanges;
import dev.nightmail.upstream.http.MisbehavingUpstream;
import dev.nightmail.upstream.http.Secret;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class AnthropicUpstreamTest implements CostOfFailures {

    private static final String MESSAGE =
            "{\"id\":\"msg_1\",\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":3,\"output_tokens\":5}}";
    private static final String ERROR =
            "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"its own words\"},\"request_id\":\"req_9\"}";
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-11-21T07:28:00Z"));

    private final MisbehavingUpstream server = new MisbehavingUpstream();
    private final AnthropicUpstream upstream = upstream(server.uri(""), new Secret("sk-secret"));

    private static AnthropicUpstream upstream(URI url, Secret key) {
        return new AnthropicUpstream(
                new AnthropicConfig("claude", url, key, "nightmail/0.1.0", 1 << 20),
                new JettyExchanges(HttpSettings.DEFAULT),
                CLOCK);
    }

    @AfterEach
    void stop() {
        upstream.close();
        server.close();
    }

    private static Call call(String body, String... betas) {
        return new Call(
                new Call.Endpoint.Messages(),
                JsonBytes.of(body),
                ApiVersion.V2026_10_21,
                List.of(betas),
                null,
                Duration.ofSeconds(30));
    }

    @Override
    public MisbehavingUpstream server() {
        return server;
    }

    @Override
    public AttemptOutcome attempt() throws InterruptedException {
        return upstream.attempt(call("{}"));
    }

    private static String text(JsonBytes json) {
        return new String(json.array(), UTF_8);
    }

    @Test
    void theParamsArriveByteForByte() throws Exception {
        server.then(answer(200, MESSAGE));
        String params = "{ \"model\" :\"m\",  \"future_field\":1.50, \"x\":\"\\u00e9ü\" }";

        upstream.attempt(call(params));

        var seen = server.seen();
        assertThat(seen.text()).isEqualTo(params);
        assertThat(seen.method()).isEqualTo("POST");
        assertThat(seen.target()).isEqualTo("/v1/messages");
    }

    @Test
    void theHeadersSayWhoAsksAndBySomeRules() throws Exception {
        server.then(answer(200, MESSAGE));

        upstream.attempt(
                new Call(
                        new Call.Endpoint.Messages(),
                        JsonBytes.of("{}"),
                        ApiVersion.V2023_06_01,
                        List.of("files-2025-04-14", "of-next-year"),
                        "profile_1",
                        Duration.ofSeconds(30)));

        assertThat(server.seen().headers())
                .containsEntry("x-api-key", "sk-secret")
                .containsEntry("anthropic-version", "2023-06-01")
                .containsEntry("anthropic-beta", "files-2025-04-14,of-next-year")
                .containsEntry("anthropic-user-profile-id", "profile_1")
                .containsEntry("user-agent", "nightmail/0.1.0")
                .containsEntry("content-type", "application/json")
                .doesNotContainKey("authorization");
    }

    @Test
    void whatIsNotSetIsNotSent() throws Exception {
        server.then(answer(200, MESSAGE));
        try (var open =
                new AnthropicUpstream(
                        new AnthropicConfig("local", server.uri(""), null, "nightmail/0.1.0"),
                        new JettyExchanges(HttpSettings.DEFAULT),
                        CLOCK)) {
            open.attempt(call("{}"));
        }

        assertThat(server.seen().headers())
                .doesNotContainKeys("x-api-key", "anthropic-beta", "anthropic-user-profile-id");
    }

    @ParameterizedTest
    @CsvSource({
        "'',/v1/messages",
        "/,/v1/messages",
        "/v1,/v1/messages",
        "/v1/,/v1/messages",
        "/some/prefix,/some/prefix/v1/messages",
        "/some/prefix/,/some/prefix/v1/messages",
        "/some/prefix/v1//,/some/prefix/v1/messages",
        "/api-v1,/api-v1/v1/messages"
    })
    void aPathPrefixIsKept(String base, String target) throws Exception {
        server.then(answer(200, MESSAGE));
        try (var prefixed = upstream(server.uri(base), new Secret("k"))) {
            prefixed.attempt(call("{}"));
        }

        assertThat(server.seen().target()).isEqualTo(target);
    }

    @Test
    void aMessageIsAnsweredWithItsUsageAndTheTierOfABatch() throws Exception {
        server.then(answer(200, MESSAGE));

        assertThat(attempt())
                .isEqualTo(
                        new Answered(
                                JsonBytes.of(
                                        "{\"id\":\"msg_1\",\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":3,\"output_tokens\":5,\"service_tier\":\"batch\"}}"),
                                new Usage(3, 5, 0, 0, 0),
                                new Billing("claude", ServiceTier.STANDARD, false),
                                Headroom.UNTOLD));
    }

    @Test
    void whatTheServiceSaysOfItsPriceIsKeptThoughTheResultSaysBatch() throws Exception {
        server.then(
                answer(
                        200,
                        "{\"type\":\"message\",\"usage\":{\"input_tokens\":3,\"output_tokens\":5,\"inference_geo\":\"us\",\"service_tier\":\"priority\"}}"));

        var answered = (Answered) attempt();

        assertThat(answered.billing()).isEqualTo(new Billing("claude", ServiceTier.PRIORITY, true));
        assertThat(text(answered.message())).contains("\"service_tier\":\"batch\"");
    }

    @Test
    void aCompressedMessageIsAnsweredToo() throws Exception {
        server.then(MisbehavingUpstream.gzipped(200, MESSAGE));

        assertThat(attempt()).isInstanceOf(Answered.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[1]", "<html>hello</html>", "{\"type\":\"message\"}"})
    void whatIsNoMessageIsAFailureAndNoneOfItIsRepeated(String body) throws Exception {
        server.then(answer(200, body, "Content-Type: application/json; charset=utf-8"));

        var failed = (Failed) attempt();

        assertThat(failed.phase()).isEqualTo("bad answer");
        assertThat(text(failed.error()))
                .contains("api_error", "claude", "application/json")
                .doesNotContain("hello");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503, 529})
    void noRoomIsNoFailure(int status) throws Exception {
        server.then(answer(status, ERROR.formatted("rate_limit_error"), "Retry-After: 2.5"));

        assertThat(attempt())
                .isEqualTo(
                        new Throttled(
                                Duration.ofMillis(2500),
                                JsonBytes.of(ERROR.formatted("rate_limit_error")),
                                Headroom.UNTOLD,
                                status != 429));
    }

    @Test
    void aServiceWithoutRoomMayLeaveOpenForHowLong() throws Exception {
        server.then(answer(429, ERROR.formatted("rate_limit_error")));

        assertThat(((Throttled) attempt()).retryAfter()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 424, 425, 500, 502, 504, 599})
    void whatMayPassIsAFailureToBeTriedAgain(int status) throws Exception {
        server.then(answer(status, ERROR.formatted("api_error"), "retry-after-ms: 40"));

        var failed = (Failed) attempt();

        assertThat(failed.phase()).isEqualTo("status " + status);
        assertThat(failed.retryAfter()).isEqualTo(Duration.ofMillis(40));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 413, 422})
    void whatWillNeverBeAnsweredIsRefusedInTheServicesOwnWords(int status) throws Exception {
        server.then(answer(status, "\n" + ERROR.formatted("of_next_year_error") + "\n"));

        assertThat(text(((Refused) attempt()).error()).strip())
                .isEqualTo(ERROR.formatted("of_next_year_error"));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 529})
    void aServiceThatForbidsToRetryIsObeyed(int status) throws Exception {
        server.then(answer(status, ERROR.formatted("rate_limit_error"), "x-should-retry: false"));

        assertThat(attempt()).isInstanceOf(Refused.class);
    }

    @Test
    void aServiceThatAsksToRetryIsObeyed() throws Exception {
        server.then(answer(400, ERROR.formatted("api_error"), "x-should-retry: true"));

        assertThat(attempt()).isInstanceOf(Failed.class);
    }

    @Test
    void aForeignErrorIsPutIntoTheWiresShapeAndTellsNoAddress() throws Exception {
        server.then(answer(413, "{\"detail\":\"Too Large\"}", "request-id: req_5"));

        String error = text(((Refused) attempt()).error());

        assertThat(error)
                .startsWith("{\"type\":\"error\",\"error\":{\"type\":\"request_too_large\"")
                .contains("upstream claude: Too Large")
                .contains("\"request_id\":\"req_5\"")
                .doesNotContain(server.uri("").toString(), "upstreams.");
    }

    @ParameterizedTest
    @CsvSource({
        "401,authentication_error",
        "402,billing_error",
        "401,of_next_year_error",
    })
    void aWrongKeyOrAccountBarsUsWhateverTheRequest(int status, String type) throws Exception {
        server.then(answer(status, ERROR.formatted(type)));

        assertThat(((Barred) attempt()).reason())
                .contains("status " + status, type, "upstreams.claude.api-key", "its own words")
                .doesNotContain("sk-secret");
    }

    @ParameterizedTest
    @CsvSource({
        "400,organization_on_hold",
        "400,cmek_key_disabled",
        "402,linked_organization_of_next_year",
        "429,enforced_spend_limit_reached",
    })
    void anErrorCodeOfTheAccountBarsUsUnderAnyStatus(int status, String code) throws Exception {
        server.then(
                answer(
                        status,
                        "{\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"m\",\"details\":{\"a\":[],\"error_code\":\"%s\"}}}"
                                .formatted(code)));

        assertThat(((Barred) attempt()).reason()).contains(code);
    }

    @Test
    void aSpendCapThatIsNotToBeRetriedBarsUs() throws Exception {
        server.then(answer(429, ERROR.formatted("rate_limit_error"), "x-should-retry: false"));

        assertThat(attempt()).isInstanceOf(Barred.class);
    }

    @ParameterizedTest
    @CsvSource({"403,permission_error", "404,not_found_error"})
    void aModelThatIsUnknownOrForbiddenIsTheRequestsOwnFault(int status, String type)
            throws Exception {
        server.then(answer(status, ERROR.formatted(type)));

        assertThat(attempt()).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 401, 402, 403, 404, 405, 407})
    void whatIsNotThisApiBarsUs(int status) throws Exception {
        server.then(answer(status, "<html>hello</html>", "Content-Type: text/html"));

        assertThat(((Barred) attempt()).reason())
                .contains(
                        "status " + status,
                        "text/html",
                        server.uri("").toString(),
                        "upstreams.claude.url")
                .doesNotContain("hello");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit balance is too low to access the Anthropic API.\"}}|Your credit balance is too low",
                "400|{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"This organization has been disabled.\"}}|has been disabled",
                "429|{\"type\":\"error\",\"error\":{\"type\":\"1113\",\"message\":\"Insufficient balance or no resource package.\"}}|Insufficient balance",
                "400|{\"error\":{\"message\":\"Budget has been exceeded! Current cost: 1\",\"type\":\"budget_exceeded\",\"code\":\"400\"}}|Budget has been exceeded",
            })
    void noMoneyBarsUsUnderAnyStatusAndTheLogHasTheWords(int status, String body, String words)
            throws Exception {
        server.then(answer(status, body));

        assertThat(((Barred) attempt()).reason())
                .contains("status " + status, "upstreams.claude.api-key", words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404|{\"error\":{\"message\":\"The model `bad` does not exist.\",\"type\":\"NotFoundError\",\"code\":\"404\"}}|not_found_error|upstream claude: The model `bad` does not exist.",
                "403|{\"error\":{\"message\":\"not for this key\",\"type\":\"PermissionDenied\",\"code\":\"403\"}}|permission_error|upstream claude: not for this key",
                "400|{\"error\":{\"code\":400,\"message\":\"the request exceeds the available context size\",\"type\":\"exceed_context_size_error\"}}|invalid_request_error|upstream claude: the request exceeds the available context size",
                "500|{\"error\":{\"code\":500,\"message\":\"the request exceeds the available context size\",\"type\":\"server_error\"}}|invalid_request_error|upstream claude: the request exceeds the available context size",
                "500|{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"prompt is too long: 2 > 1\"}}|invalid_request_error|upstream claude: prompt is too long: 2 > 1",
                "422|{\"detail\":[{\"loc\":[\"body\",\"x\"],\"msg\":\"Field required\",\"input\":\"a prompt\"}]}|invalid_request_error|upstream claude: body.x: Field required",
                "400|{\"message\":\"max_tokens is too large\"}|invalid_request_error|upstream claude: max_tokens is too large",
                "422|missing field `role`|invalid_request_error|upstream claude: missing field `role`",
            })
    void theReasonIsToldWhicheverEnvelopeItCameIn(
            int status, String body, String type, String message) throws Exception {
        server.then(answer(status, body, "request-id: req_h"));

        assertThat(text(((Refused) attempt()).error()))
                .isEqualTo(
                        "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"%s\"},\"request_id\":\"req_h\"}"
                                .formatted(type, message));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422, 499})
    void aPageUnderAStatusThatRefusesIsNoRefusalOfTheService(int status) throws Exception {
        server.then(answer(status, "<html>glitch</html>", "Content-Type: text/html"));

        var failed = (Failed) attempt();

        assertThat(failed.phase()).isEqualTo("status " + status);
        assertThat(text(failed.error())).contains("api_error").doesNotContain("glitch");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|the key sk-secret is not allowed here",
                "403|the key sk\\u002dsecret may not use this model",
                "500|POST with x-api-key sk-secret failed",
            })
    void ourKeyInTheServicesWordsIsTakenOut(int status, String message) throws Exception {
        server.then(
                answer(
                        status,
                        "{\"type\":\"error\",\"error\":{\"type\":\"of_next_year_error\",\"message\":\"%s\"},\"request_id\":\"req_sk-secret\"}"
                                .formatted(message)));

        var outcome = attempt();

        var error =
                outcome instanceof Refused refused ? refused.error() : ((Failed) outcome).error();
        assertThat(text(error)).contains("***").doesNotContain("sk-secret", "u002d");
    }

    @Test
    void ourKeyIsNotInTheLogEither() throws Exception {
        server.then(
                answer(
                        401,
                        "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"sk-secret is no key\\nevent=forged\"}}"));

        assertThat(((Barred) attempt()).reason())
                .contains("*** is no key event=forged")
                .doesNotContain("sk-secret", "\n");
    }

    @Test
    void aMessageIsOneWhateverItsContentType() throws Exception {
        server.then(answer(200, MESSAGE, "Content-Type: text/plain"));

        assertThat(attempt()).isInstanceOf(Answered.class);
    }

    @Test
    void anErrorUnderASuccessIsReadAsOne() throws Exception {
        server.then(answer(200, "{\"error\":\"Unexpected endpoint or method. (POST /messages)\"}"))
                .then(answer(200, ERROR.formatted("invalid_request_error")))
                .then(answer(200, ERROR.formatted("overloaded_error")));

        assertThat(((Barred) attempt()).reason()).contains("upstreams.claude.url");
        assertThat(attempt()).isInstanceOf(Refused.class);
        assertThat(attempt()).isInstanceOf(Failed.class);
    }

    @Test
    void aRedirectElsewhereBarsUsAndSaysWhatToSet() throws Exception {
        server.then(redirect(302, "https://login.example/sso?return=secret"));

        assertThat(((Barred) attempt()).reason())
                .contains("302", "https://login.example/sso", "upstreams.claude.url")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 429})
    void theHeadroomIsReadFromAnswersRefusalsAndThrottling(int status) throws Exception {
        server.then(
                answer(
                        status,
                        status == 200 ? MESSAGE : ERROR.formatted("x"),
                        "anthropic-ratelimit-requests-limit: 4000",
                        "anthropic-ratelimit-requests-remaining: 3999",
                        "anthropic-ratelimit-requests-reset: 2026-11-21T07:29:00Z"));

        assertThat(headroom(attempt()))
                .isEqualTo(
                        new Headroom(
                                Map.of(
                                        Limit.REQUESTS,
                                        new Allowance(
                                                4000,
                                                3999,
                                                Instant.parse("2026-11-21T07:29:00Z")))));
    }

    private static Headroom headroom(AttemptOutcome outcome) {
        return switch (outcome) {
            case Answered answered -> answered.headroom();
            case Refused refused -> refused.headroom();
            case Throttled throttled -> throttled.headroom();
            case Failed _, Unreachable _, Barred _ -> Headroom.UNTOLD;
        };
    }

    @Test
    void aRedirectWithinTheServiceIsFollowed() throws Exception {
        server.then(redirect(308, "/moved/v1/messages")).then(answer(200, MESSAGE));

        assertThat(attempt()).isInstanceOf(Answered.class);
    }

    @Test
    void aServiceThatIsNotThereIsUnreachable() throws Exception {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (var absent = upstream(URI.create("http://127.0.0.1:" + free), new Secret("k"))) {
            var unreachable = (Unreachable) absent.attempt(call("{}"));

            assertThat(unreachable.phase()).isEqualTo("connection refused");
            assertThat(text(unreachable.error()))
                    .contains("api_error", "claude")
                    .doesNotContain("" + free);
        }
    }

    @Test
    void anAnswerThatNoClientCouldReadIsErroredAndCharged() throws Exception {
        var large =
                MESSAGE.replace(
                        "\"content\":[]",
                        "\"content\":[{\"type\":\"text\",\"text\":\"%s\"}]"
                                .formatted("x".repeat(20_000_001)));
        server.then(answer(200, large));
        try (var roomy =
                new AnthropicUpstream(
                        new AnthropicConfig("claude", server.uri(""), null, "nightmail/0.1.0"),
                        new JettyExchanges(HttpSettings.DEFAULT),
                        CLOCK)) {
            var refused = (Refused) roomy.attempt(call("{}"));

            assertThat(text(refused.error())).contains("invalid_request_error", "answer_too_large");
            assertThat(refused.charge())
                    .isEqualTo(
                            new Charge(
                                    new Usage(3, 5, 0, 0, 0),
                                    new Billing("claude", ServiceTier.STANDARD, false)));
        }
    }

    @Test
    void anAnswerBeyondAllBoundsIsGivenUpAndNotAskedForAgain() throws Exception {
        server.then(MisbehavingUpstream.endlessBody());

        assertThat(text(((Refused) attempt()).error())).contains("too large for clients to read");
    }

    static Stream<MisbehavingUpstream.Behavior> broken() {
        return Stream.of(
                MisbehavingUpstream.cutBeforeStatus(),
                MisbehavingUpstream.cutInsideBody(MESSAGE),
                MisbehavingUpstream.garbage());
    }

    @ParameterizedTest
    @MethodSource("broken")
    void anExchangeThatBreaksMayHaveBegun(MisbehavingUpstream.Behavior behavior) throws Exception {
        server.then(behavior);

        assertThat(text(((Failed) attempt()).error())).contains("api_error");
    }

    @Test
    void aSilentServiceIsATimeout() throws Exception {
        server.then(MisbehavingUpstream.never());
        var hasty =
                new Call(
                        new Call.Endpoint.Messages(),
                        JsonBytes.of("{}"),
                        ApiVersion.V2026_10_21,
                        List.of(),
                        null,
                        Duration.ofSeconds(1));

        var failed = (Failed) upstream.attempt(hasty);

        assertThat(failed.phase()).isEqualTo("call timeout");
        assertThat(text(failed.error())).contains("timeout_error");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.com",
                "example.com",
                "https://me:pw@example.com",
                "https://example.com/?a=b",
                "https://example.com/#f"
            })
    void aUrlThatCannotWorkIsRefusedAtOnce(String url) {
        assertThatThrownBy(() -> new AnthropicConfig("claude", URI.create(url), null, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("upstreams.claude.url")
                .hasMessageNotContaining("pw");
    }

    @Test
    void theKeyIsNeverPrinted() {
        assertThat(
                        new AnthropicConfig("claude", server.uri(""), new Secret("sk-secret"), "x")
                                .toString())
                .contains("***")
                .doesNotContain("sk-secret");
    }

    @ParameterizedTest
    @CsvSource({
        "404,not_found_error",
        "403,permission_error",
        "401,permission_error",
        "402,billing_error"
    })
    void whatDoesNotServeUsHasAnErrorForTheRequestThatTurnsOutToBeAtFault(int status, String type)
            throws Exception {
        server.then(answer(status, "{\"detail\":\"not for key sk-secret\"}"));

        var error = text(((Barred) attempt()).error());

        assertThat(error)
                .contains("\"type\":\"" + type + "\"", "upstream claude: not for key")
                .doesNotContain("sk-secret");
    }
}
