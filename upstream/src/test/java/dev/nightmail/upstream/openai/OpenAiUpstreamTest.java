package dev.nightmail.upstream.openai;

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
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
final class OpenAiUpstreamTest implements CostOfFailures {

    private static final String PARAMS =
            "{\"model\":\"qwen3-8b\",\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"Hello.\"}]}";
    private static final String COMPLETION =
            "{\"id\":\"chatcmpl-1\",\"model\":\"qwen3-8b\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi.\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"prompt_tokens_details\":{\"cached_tokens\":4}}}";
    private static final Instant NOW = Instant.parse("2026-11-21T07:28:00Z");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final MisbehavingUpstream server = new MisbehavingUpstream();
    private final OpenAiUpstream upstream =
            upstream(server.uri("/v1"), new Secret("sk-secret-key"));

    private static OpenAiUpstream upstream(URI url, @Nullable Secret key) {
        return new OpenAiUpstream(
                new OpenAiConfig(
                        "local", url, key, MaxTokensField.MAX_TOKENS, "nightmail/0.1.0", 1 << 20),
                new JettyExchanges(HttpSettings.DEFAULT),
                InstantSource.fixed(NOW),
                new Random(1));
    }

    @AfterEach
    void stop() {
        upstream.close();
        server.close();
    }

    private static Call call(String params) {
        return new Call(
                new Call.Endpoint.Messages(),
                JsonBytes.of(params),
                ApiVersion.V2026_10_21,
                List.of("of-next-year"),
                "profile_1",
                Duration.ofSeconds(30));
    }

    @Override
    public MisbehavingUpstream server() {
        return server;
    }

    @Override
    public AttemptOutcome attempt() throws InterruptedException {
        return upstream.attempt(call(PARAMS));
    }

    private static JsonNode error(JsonBytes error) {
        var body = JSON.readTree(error.array());
        assertThat(body.path("type").asString()).isEqualTo("error");
        return body;
    }

    private static String errorType(JsonBytes error) {
        return error(error).at("/error/type").asString();
    }

    private static String message(JsonBytes error) {
        return error(error).at("/error/message").asString();
    }

    @Test
    void aRequestGoesToChatCompletionsWithTheKeyAsABearerToken() throws Exception {
        server.then(answer(200, COMPLETION));

        attempt();

        var seen = server.seen();
        assertThat(seen.method()).isEqualTo("POST");
        assertThat(seen.target()).isEqualTo("/v1/chat/completions");
        assertThat(seen.text())
                .isEqualTo(
                        "{\"model\":\"qwen3-8b\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello.\"}],\"max_tokens\":64,\"stream\":false}");
        assertThat(seen.headers())
                .containsEntry("authorization", "Bearer sk-secret-key")
                .containsEntry("content-type", "application/json")
                .containsEntry("user-agent", "nightmail/0.1.0")
                .doesNotContainKeys("anthropic-version", "anthropic-beta", "x-api-key");
    }

    @Test
    void withoutAKeyNoneIsSent() throws Exception {
        server.then(answer(200, COMPLETION));
        try (var open = upstream(server.uri("/v1"), null)) {
            open.attempt(call(PARAMS));
        }

        assertThat(server.seen().headers()).doesNotContainKey("authorization");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1,/v1/chat/completions",
        "/v1/,/v1/chat/completions",
        "'',/chat/completions",
        "/api/paas/v4,/api/paas/v4/chat/completions",
        "/openai/v1//,/openai/v1/chat/completions"
    })
    void theUrlIsWhereTheApiStarts(String base, String target) throws Exception {
        server.then(answer(200, COMPLETION));
        try (var prefixed = upstream(server.uri(base), null)) {
            prefixed.attempt(call(PARAMS));
        }

        assertThat(server.seen().target()).isEqualTo(target);
    }

    @Test
    void aCompletionIsAnsweredAsTheMessageOfABatchWithItsUsage() throws Exception {
        server.then(answer(200, COMPLETION));

        var answered = (Answered) attempt();

        var message = JSON.readTree(answered.message().array());
        assertThat(message.path("id").asString()).isEqualTo("msg_1");
        assertThat(message.at("/content/0/text").asString()).isEqualTo("Hi.");
        assertThat(message.at("/usage/service_tier").asString()).isEqualTo("batch");
        assertThat(answered.usage()).isEqualTo(new Usage(5, 3, 0, 0, 4));
        assertThat(answered.billing()).isEqualTo(new Billing("local", ServiceTier.STANDARD, false));
        assertThat(answered.headroom()).isEqualTo(Headroom.UNTOLD);
    }

    @Test
    void anAnswerThatDoesNotSayWhatItUsedIsUnreported() throws Exception {
        server.then(
                answer(
                        200,
                        "{\"id\":\"1\",\"choices\":[{\"message\":{\"content\":\"Hi.\"},\"finish_reason\":\"stop\"}]}"));

        var answered = (Answered) attempt();

        assertThat(answered.usage()).isEqualTo(Usage.NONE);
        assertThat(answered.billing())
                .isEqualTo(new Billing("local", ServiceTier.UNREPORTED, false));
    }

    @Test
    void countsMayBeWrittenWithAFractionOfZero() throws Exception {
        server.then(
                answer(
                        200,
                        "{\"choices\":[{\"message\":{\"content\":\"Hi.\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":11.0,\"completion_tokens\":2.0}}"));

        assertThat(((Answered) attempt()).usage()).isEqualTo(new Usage(11, 2, 0, 0, 0));
    }

    @Test
    void whatHasNoCounterpartIsRefusedWithoutACall() throws Exception {
        var refused =
                (Refused)
                        upstream.attempt(
                                call(
                                        "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"container\":\"c\"}"));

        assertThat(errorType(refused.error())).isEqualTo("invalid_request_error");
        assertThat(message(refused.error())).startsWith("container: ");
        assertThat(server.unseen()).isZero();
    }

    private static final String TURN =
            "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Go.\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"Hm.\",\"signature\":\"\"},{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"now\",\"input\":{}}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":\"1\"}]}]}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|{\"error\":{\"message\":\"'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'reasoning_content' is unsupported)]\",\"type\":\"invalid_request_error\"}}",
                "422|{\"object\":\"error\",\"message\":{\"detail\":[{\"loc\":[\"body\",\"messages\",1,\"assistant\",\"reasoning_content\"],\"msg\":\"Extra inputs are not permitted\"}]}}",
            })
    void aServerThatDoesNotWantItsThoughtsBackGetsNone(int status, String refusal)
            throws Exception {
        server.then(answer(status, refusal))
                .then(answer(200, COMPLETION))
                .then(answer(200, COMPLETION));

        assertThat(upstream.attempt(call(TURN))).isInstanceOf(Answered.class);
        assertThat(upstream.attempt(call(TURN))).isInstanceOf(Answered.class);

        assertThat(server.seen().text()).contains("\"reasoning_content\":\"Hm.\"");
        assertThat(server.seen().text()).doesNotContain("reasoning_content");
        assertThat(server.seen().text()).doesNotContain("reasoning_content");
        assertThat(server.unseen()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "thinking is enabled but reasoning_content is missing in assistant tool call message at index 2",
                "Missing `reasoning_content` field in the assistant message at message index 3.",
                "messages.3.reasoning_content: Field required",
            })
    void aServerThatMissesThoughtsIsNotAskedAgainWithFewer(String words) throws Exception {
        server.then(answer(400, "{\"error\":{\"message\":\"" + words + "\"}}"));

        assertThat(upstream.attempt(call(TURN))).isInstanceOf(Refused.class);
        var _ = server.seen();
        assertThat(server.unseen()).isZero();
    }

    @Test
    void inABatchTooAStreamIsReadForWhatItSays() throws Exception {
        server.then(
                answer(
                        200,
                        "data: {\"id\":\"1\",\"choices\":[{\"delta\":{\"content\":\"Hi.\"},\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,\"total_tokens\":339,\"reasoning_tokens\":328}}]}\n\ndata: [DONE]\n\n",
                        "Content-Type: text/event-stream"));

        var answered = (Answered) attempt();

        assertThat(JSON.readTree(answered.message().array()).at("/content/0/text").asString())
                .isEqualTo("Hi.");
        assertThat(answered.usage()).isEqualTo(new Usage(9, 330, 0, 0, 0));
    }

    @ParameterizedTest
    @CsvSource({"SAFETY,refusal", "MAX_TOKENS,max_tokens", "content_filter: SAFETY,refusal"})
    void inABatchTooTheReasonIsRead(String finish, String reason) throws Exception {
        server.then(answer(200, COMPLETION.replace("\"stop\"", "\"" + finish + "\"")));

        var answered = (Answered) attempt();

        assertThat(JSON.readTree(answered.message().array()).path("stop_reason").asString())
                .isEqualTo(reason);
    }

    @Test
    void aBatchDoesNotStream() throws Exception {
        var refused =
                (Refused)
                        upstream.attempt(
                                call(PARAMS.replace("{\"model", "{\"stream\":true,\"model")));

        assertThat(message(refused.error())).startsWith("stream: ");
        assertThat(server.unseen()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // OpenAI, llama.cpp, vLLM, older vLLM, one of a text only, FastAPI
                "{\"error\":{\"message\":\"too long, 9021 tokens\",\"type\":\"invalid_request_error\",\"param\":\"messages\",\"code\":\"context_length_exceeded\"}}",
                "{\"error\":{\"code\":400,\"message\":\"too long, 9021 tokens\",\"type\":\"exceed_context_size_error\",\"n_prompt_tokens\":9021,\"n_ctx\":1024}}",
                "{\"error\":{\"message\":\"too long, 9021 tokens\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}}",
                "{\"object\":\"error\",\"message\":\"too long, 9021 tokens\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}",
                "{\"error\":\"too long, 9021 tokens\"}",
                "{\"detail\":\"too long, 9021 tokens\"}",
            })
    void anErrorIsToldInTheServicesOwnWords(String body) throws Exception {
        server.then(answer(400, body, "x-request-id: req_of_its_own"));

        var refused = (Refused) attempt();

        assertThat(errorType(refused.error())).isEqualTo("invalid_request_error");
        assertThat(message(refused.error())).isEqualTo("upstream local: too long, 9021 tokens");
        assertThat(error(refused.error()).path("request_id").asString())
                .isEqualTo("req_of_its_own");
    }

    @Test
    void whatIsWrongWhereIsToldWithoutTheInputThatItRepeats() throws Exception {
        server.then(
                answer(
                        422,
                        """
                        {"detail":[{"type":"string_type","loc":["body","messages",0,"content"],\
                        "msg":"Input should be a valid string","input":"a prompt"},\
                        {"msg":"Field required"},{"loc":["body"]}]}\
                        """));

        assertThat(message(((Refused) attempt()).error()))
                .isEqualTo(
                        "upstream local: body.messages.0.content: Input should be a valid string; Field required");
    }

    @ParameterizedTest
    @CsvSource({
        "400,invalid_request_error",
        "403,permission_error",
        "413,request_too_large",
        "422,invalid_request_error"
    })
    void whatWillNeverBeAnsweredIsRefused(int status, String type) throws Exception {
        server.then(answer(status, "{\"error\":{\"message\":\"no\",\"type\":\"x\"}}"));

        assertThat(errorType(((Refused) attempt()).error())).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource({
        "400,invalid_request_error",
        "403,permission_error",
        "404,not_found_error",
        "413,request_too_large"
    })
    void aRefusalUnderAStatusOfSuccessIsOne(String code, String type) throws Exception {
        server.then(
                answer(
                        200,
                        "{\"error\":{\"message\":\"not this one\",\"code\":\"%s\"}}"
                                .formatted(code)));

        assertThat(errorType(((Refused) attempt()).error())).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"The model `x` does not exist\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"model_not_found\"}}",
                "{\"error\":{\"message\":\"The model `x` does not exist.\",\"type\":\"NotFoundError\",\"param\":\"model\",\"code\":404}}",
                "{\"error\":{\"message\":\"model \\\"x\\\" not found, try pulling it first\",\"type\":\"not_found_error\",\"param\":null,\"code\":null}}",
                // OpenRouter, Together, Fireworks, Azure, Ollama's own
                "{\"error\":{\"message\":\"No endpoints found that support tool use.\",\"code\":404}}",
                "{\"error\":{\"message\":\"Unable to access model x.\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"model_not_available\"}}",
                "{\"error\":{\"object\":\"error\",\"type\":\"invalid_request_error\",\"code\":\"NOT_FOUND\",\"message\":\"Model not found, inaccessible, and/or not deployed\"}}",
                "{\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"The API deployment for this resource does not exist.\"}}",
                "{\"error\":\"model 'x' not found\"}",
            })
    void aModelThatIsNotThereIsTheRequestsOwnFault(String body) throws Exception {
        server.then(answer(404, body));

        assertThat(errorType(((Refused) attempt()).error())).isEqualTo("not_found_error");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "429|{\"error\":{\"message\":\"Rate limit reached\",\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"}}|rate_limit_error",
                "429|slow down|rate_limit_error",
                "200|{\"error\":{\"message\":\"Provider returned error\",\"code\":429}}|rate_limit_error",
                "503|{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}|overloaded_error",
            })
    void aServiceWithoutRoomIsWaitedFor(int status, String body, String type) throws Exception {
        server.then(answer(status, body, "retry-after-ms: 40"));

        var throttled = (Throttled) attempt();

        assertThat(throttled.retryAfter()).isEqualTo(Duration.ofMillis(40));
        assertThat(errorType(throttled.error())).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "500|{\"error\":{\"message\":\"oops\",\"type\":\"server_error\",\"code\":500}}|api_error",
                "502|<html>bad gateway</html>|api_error",
                "503|<html>no healthy upstream</html>|overloaded_error",
                "504|{\"error\":{\"message\":\"late\"}}|timeout_error",
                "408|{\"error\":{\"message\":\"late\"}}|timeout_error",
            })
    void whatMayGoBetterAnotherTimeIsAFailure(int status, String body, String type)
            throws Exception {
        server.then(answer(status, body, "retry-after: 7"));

        var failed = (Failed) attempt();

        assertThat(failed.phase()).isEqualTo("status " + status);
        assertThat(failed.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(errorType(failed.error())).isEqualTo(type);
        assertThat(message(failed.error())).doesNotContain("html");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not JSON",
                "[]",
                "{}",
                "{\"choices\":[]}",
                "{\"object\":\"list\",\"data\":[]}",
                "{\"error\":{\"code\":502,\"message\":\"Provider returned error\"}}",
                "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"par\"},\"finish_reason\":\"error\"}]}",
                "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"par\"},\"finish_reason\":\"abort\"}]}",
                "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"par\"},\"finish_reason\":\"insufficient_system_resource\"}]}",
                "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"par\"},\"finish_reason\":\"network_error\"}]}",
            })
    void anAnswerThatIsNoCompletionIsAFailure(String body) throws Exception {
        server.then(answer(200, body));

        assertThat(errorType(((Failed) attempt()).error())).isEqualTo("api_error");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401|{\"error\":{\"message\":\"Incorrect API key provided: sk-sec**key\",\"type\":\"invalid_request_error\",\"code\":\"invalid_api_key\"}}",
                "401|Unauthorized",
                "402|{\"error\":{\"message\":\"Insufficient Balance\",\"type\":\"unknown_error\"}}",
                "429|{\"error\":{\"message\":\"You exceeded your current quota\",\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
                "403|{\"error\":{\"message\":\"deactivated\",\"type\":\"x\",\"code\":\"account_deactivated\"}}",
            })
    void aWrongKeyOrAnEmptyAccountBarsUs(int status, String body) throws Exception {
        server.then(answer(status, body));

        assertThat(((Barred) attempt()).reason())
                .contains("status " + status, "upstreams.local.api-key")
                .doesNotContain("sk-sec", "quota\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|<html>hello</html>|text/html",
                "403|<html>hello</html>|text/html",
                "404|{\"detail\":\"Not Found\"}|application/json",
                "404|404 page not found|text/plain",
                "404|{\"error\":{\"message\":\"Invalid URL (POST /v2/chat/completions)\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}|application/json",
                "404|{\"error\":{\"message\":\"Unknown request URL: POST /v2/chat/completions. Please check the URL for typos.\",\"type\":\"invalid_request_error\",\"code\":\"unknown_url\"}}|application/json",
                "404|{\"error\":{\"message\":\"Not Found\",\"type\":\"Not Found\",\"param\":null,\"code\":404}}|application/json",
                "404|{\"error\":{\"code\":\"404\",\"message\":\"Resource not found\"}}|application/json",
                "404|{\"timestamp\":1,\"status\":404,\"error\":\"Not Found\",\"path\":\"/v2\"}|application/json",
                "404|{\"error\":\"Route POST:/v2/chat/completions not found\"}|application/json",
                "405|{\"detail\":\"Method Not Allowed\"}|application/json",
            })
    void whatIsNotThisApiBarsUs(int status, String body, String contentType) throws Exception {
        server.then(answer(status, body, "Content-Type: " + contentType));

        assertThat(((Barred) attempt()).reason())
                .contains("status " + status, contentType, "upstreams.local.url")
                .doesNotContain("hello");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|[{\"error\":{\"code\":400,\"message\":\"API key not valid.\",\"status\":\"INVALID_ARGUMENT\",\"details\":[{\"reason\":\"API_KEY_INVALID\"}]}}]|API key not valid.",
                "429|{\"error\":{\"code\":\"1113\",\"message\":\"Insufficient balance or no resource package.\"}}|Insufficient balance",
                "429|{\"error\":{\"message\":\"Your account org-1 is suspended due to insufficient balance\",\"type\":\"exceeded_current_quota_error\"}}|suspended due to insufficient balance",
                "200|{\"error\":{\"message\":\"Insufficient credits\",\"code\":402}}|Insufficient credits",
                "402|{\"error\":{\"message\":\"This request requires more credits, or fewer max_tokens.\",\"code\":402}}|requires more credits",
            })
    void aWrongKeyOrNoMoneyUnderAnotherStatusBarsUsWithTheWords(
            int status, String body, String words) throws Exception {
        server.then(answer(status, body));

        assertThat(((Barred) attempt()).reason()).contains("upstreams.local.api-key", words);
    }

    @Test
    void anErrorUnderASuccessThatSpeaksOfThePathBarsUsAsAWrongUrl() throws Exception {
        server.then(
                answer(
                        200,
                        "{\"error\":\"Unexpected endpoint or method. (POST /chat/completions)\"}"));

        assertThat(((Barred) attempt()).reason())
                .contains("upstreams.local.url", "Unexpected endpoint or method");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404|[{\"error\":{\"code\":404,\"message\":\"models/g-bad is not found\",\"status\":\"NOT_FOUND\"}}]|not_found_error|models/g-bad is not found",
                "404|{\"detail\":\"Model 'none' not found\"}|not_found_error|Model 'none' not found",
                "400|{\"message\":\"no such field\"}|invalid_request_error|no such field",
                "422|{\"object\":\"error\",\"message\":{\"detail\":[{\"loc\":[\"body\",\"x\"],\"msg\":\"Extra inputs are not permitted\"}]},\"type\":\"invalid_request_error\"}|invalid_request_error|body.x: Extra inputs are not permitted",
                "400|{\"error\":{\"message\":\"Provider returned error\",\"code\":400,\"metadata\":{\"raw\":\"{\\\"error\\\":{\\\"message\\\":\\\"bad tool\\\"}}\"}}}|invalid_request_error|Provider returned error: bad tool",
                "500|{\"error\":{\"message\":\"the request exceeds the available context size\",\"type\":\"server_error\",\"code\":500}}|invalid_request_error|the request exceeds the available context size",
            })
    void theReasonIsToldWhicheverEnvelopeItCameIn(
            int status, String body, String type, String words) throws Exception {
        server.then(answer(status, body));

        var error = ((Refused) attempt()).error();

        assertThat(errorType(error)).isEqualTo(type);
        assertThat(message(error)).isEqualTo("upstream local: " + words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "424|{\"error\":\"Request failed during generation: CUDA\",\"error_type\":\"generation\"}|status 424",
                "200|{\"choices\":[{\"message\":{\"content\":\"half\"},\"error\":{\"code\":502,\"message\":\"gone\"}}]}|error in answer",
                "200|{\"choices\":[{\"message\":{\"content\":\"half\"},\"finish_reason\":\"stop\",\"error\":{\"message\":\"gone\"}}]}|error in answer",
            })
    void whatFailedWhileItGeneratedIsTriedAgain(int status, String body, String phase)
            throws Exception {
        server.then(answer(status, body));

        assertThat(((Failed) attempt()).phase()).isEqualTo(phase);
    }

    @Test
    void anAnswerIsOneWhateverItsContentTypeAndWhateverEmptyErrorStandsBesideIt() throws Exception {
        server.then(
                answer(
                        200,
                        COMPLETION.replaceFirst("\\{", "{\"error\":{\"message\":\"\"},"),
                        "Content-Type: text/plain"));

        assertThat(attempt()).isInstanceOf(Answered.class);
    }

    @Test
    void aDelayThatOnlyTheBodyTellsIsObeyed() throws Exception {
        server.then(
                answer(
                        429,
                        "[{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\",\"message\":\"You exceeded your current quota, please check your plan and billing details.\",\"details\":[{\"retryDelay\":\"34s\"}]}}]"));

        assertThat(((Throttled) attempt()).retryAfter()).isEqualTo(Duration.ofSeconds(34));
    }

    @Test
    void aRedirectElsewhereBarsUs() throws Exception {
        server.then(redirect(302, "https://login.example/sso?return=secret"));

        assertThat(((Barred) attempt()).reason())
                .contains("302", "upstreams.local.url")
                .doesNotContain("secret");
    }

    @Test
    void neitherOurKeyNorTheServicesAddressGetsIntoAnError() throws Exception {
        var address = server.uri("").getRawAuthority();
        server.then(
                answer(
                        400,
                        "{\"error\":{\"message\":\"litellm: POST http://%s/v1 with Bearer sk-secret-key failed\"}}"
                                .formatted(address)));

        assertThat(message(((Refused) attempt()).error()))
                .contains("litellm: POST http://local/v1 with Bearer *** failed")
                .doesNotContain(address, "sk-secret-key");
    }

    @Test
    void theHeadroomIsReadFromAnswersRefusalsAndThrottling() throws Exception {
        var expected =
                new Headroom(
                        Map.of(Limit.REQUESTS, new Allowance(4000, 3999, NOW.plusSeconds(60))));
        String[] headers = {
            "x-ratelimit-limit-requests: 4000",
            "x-ratelimit-remaining-requests: 3999",
            "x-ratelimit-reset-requests: 1m0s"
        };
        server.then(answer(200, COMPLETION, headers))
                .then(answer(400, "{\"error\":{\"message\":\"no\"}}", headers))
                .then(answer(429, "{\"error\":{\"message\":\"no\"}}", headers));

        assertThat(((Answered) attempt()).headroom()).isEqualTo(expected);
        assertThat(((Refused) attempt()).headroom()).isEqualTo(expected);
        assertThat(((Throttled) attempt()).headroom()).isEqualTo(expected);
    }

    @Test
    void aServiceThatIsNotThereIsUnreachable() throws Exception {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (var absent = upstream(URI.create("http://127.0.0.1:" + free + "/v1"), null)) {
            var unreachable = (Unreachable) absent.attempt(call(PARAMS));

            assertThat(unreachable.phase()).isEqualTo("connection refused");
            assertThat(message(unreachable.error())).contains("local").doesNotContain("" + free);
        }
    }

    @Test
    void anAnswerBeyondAllBoundsIsGivenUpAndNotAskedForAgain() throws Exception {
        server.then(MisbehavingUpstream.endlessBody());

        assertThat(message(((Refused) attempt()).error()))
                .contains("too large for clients to read");
    }

    static Stream<MisbehavingUpstream.Behavior> broken() {
        return Stream.of(
                MisbehavingUpstream.cutBeforeStatus(),
                MisbehavingUpstream.cutInsideBody(COMPLETION),
                MisbehavingUpstream.garbage());
    }

    @ParameterizedTest
    @MethodSource("broken")
    void anExchangeThatBreaksMayHaveBegun(MisbehavingUpstream.Behavior behavior) throws Exception {
        server.then(behavior);

        assertThat(errorType(((Failed) attempt()).error())).isEqualTo("api_error");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.com",
                "example.com",
                "https://me:pw@example.com/v1",
                "https://example.com/v1?a=b",
                "https://example.com/v1#f"
            })
    void aUrlThatCannotWorkIsRefusedAtOnce(String url) {
        assertThatThrownBy(() -> new OpenAiConfig("local", URI.create(url), null, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("upstreams.local.url")
                .hasMessageNotContaining("pw");
    }

    @Test
    void theKeyIsNeverPrinted() {
        assertThat(
                        new OpenAiConfig("local", server.uri("/v1"), new Secret("sk-secret"), "x")
                                .toString())
                .doesNotContain("sk-secret");
    }

    @Test
    void aPromptIsNeverPrinted() throws Exception {
        var request =
                ChatRequest.of(
                        JsonBytes.of(PARAMS),
                        ChatRequest.Purpose.ANSWER,
                        MaxTokensField.MAX_TOKENS);

        assertThat(request.toString()).doesNotContain("Hello");
        assertThat(new String(request.body(), UTF_8)).contains("Hello");
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
        server.then(answer(status, "{\"detail\":\"nothing here\"}"));

        assertThat(errorType(((Barred) attempt()).error())).isEqualTo(type);
    }

    @Test
    void thatMoneyIsShortForALargeRequestIsSaidInTheServicesWords() throws Exception {
        server.then(
                answer(
                        402,
                        "{\"error\":{\"message\":\"This request requires more credits, or fewer max_tokens\",\"code\":402}}"));

        var error = new String(((Barred) attempt()).error().array(), UTF_8);

        assertThat(error).contains("This request requires more credits, or fewer max_tokens");
    }
}
