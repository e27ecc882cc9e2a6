package dev.nightmail.upstream.openai;

import static dev.nightmail.upstream.http.MisbehavingUpstream.answer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.core.upstream.ForwardOutcome;
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
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
final class OpenAiForwardTest {

    private static final Endpoint MESSAGES = new Endpoint.Messages();
    private static final String PARAMS =
            "{\"model\":\"m\",\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
    private static final String WHOLE = PARAMS + "}";
    private static final String STREAM = PARAMS + ",\"stream\":true}";
    private static final String COMPLETION =
            "{\"id\":\"chatcmpl-1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi.\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}";
    private static final String FIRST =
            "data: {\"id\":\"chatcmpl-1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";
    private static final String LAST =
            "data: {\"id\":\"chatcmpl-1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\".\"},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final String STREAM_HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final MisbehavingUpstream server = new MisbehavingUpstream();
    private final OpenAiUpstream upstream = upstream(server.uri("/v1"));
    private final Gathered sink = new Gathered();

    private static OpenAiUpstream upstream(URI url) {
        return new OpenAiUpstream(
                new OpenAiConfig("local", url, new Secret("sk-local"), "nightmail/0.1.0"),
                new JettyExchanges(HttpSettings.DEFAULT),
                InstantSource.system(),
                new Random(1));
    }

    @AfterEach
    void stop() {
        upstream.close();
        server.close();
    }

    private ForwardOutcome.News forward(Endpoint endpoint, String body)
            throws InterruptedException {
        return forward(endpoint, body, sink);
    }

    private ForwardOutcome.News forward(Endpoint endpoint, String body, Gathered client)
            throws InterruptedException {
        var call =
                new Call(
                        endpoint,
                        JsonBytes.of(body),
                        ApiVersion.V2026_10_21,
                        List.of(),
                        null,
                        Duration.ofSeconds(30));
        return client.take(upstream.forward(call, client));
    }

    private JsonNode json() {
        assertThat(sink.headers()).containsEntry("content-type", "application/json");
        assertThat(sink.isEnded()).isTrue();
        return JSON.readTree(sink.text());
    }

    private static MisbehavingUpstream.Behavior events(String... events) {
        return (_, to) -> to.write(STREAM_HEAD + String.join("", events)).cut();
    }

    @Test
    void anAnswerIsAMessageAtTheStandardTier() throws Exception {
        server.then(answer(200, COMPLETION));

        forward(MESSAGES, WHOLE);

        assertThat(sink.status()).isEqualTo(200);
        assertThat(json().at("/content/0/text").asString()).isEqualTo("Hi.");
        assertThat(json().at("/usage/service_tier").asString()).isEqualTo("standard");
    }

    @Test
    void aStreamIsToldWhileItIsWritten() throws Exception {
        var firstTold = new CountDownLatch(1);
        server.then((_, to) -> {
            to.write(STREAM_HEAD + FIRST);
            firstTold.await();
            to.write(LAST + DONE).cut();
        });
        var streaming =
                new Gathered() {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        super.write(bytes, offset, length);
                        if (text().contains("\"Hi\"")) {
                            firstTold.countDown();
                        }
                    }
                };

        forward(MESSAGES, STREAM, streaming);

        assertThat(server.seen().text()).contains("\"stream_options\":{\"include_usage\":true}");
        assertThat(streaming.headers().get("content-type")).startsWith("text/event-stream");
        assertThat(AccumulatedMessage.of(streaming.text()).at("/content/0/text").asString())
                .isEqualTo("Hi.");
        assertThat(streaming.isEnded()).isTrue();
    }

    @Test
    void aStreamThatEndsBehindItsLastWordIsWholeWithoutDone() throws Exception {
        server.then(events(FIRST, LAST));

        forward(MESSAGES, STREAM);

        assertThat(AccumulatedMessage.of(sink.text()).path("stop_reason").asString())
                .isEqualTo("end_turn");
    }

    @Test
    void aStreamThatEndsInTheMiddleIsBrokenOff() throws Exception {
        server.then(events(FIRST));

        var outcome = forward(MESSAGES, STREAM);

        assertThat(outcome).isEqualTo(new ForwardOutcome.Failed("connection cut"));
        assertThat(sink.isAborted()).isTrue();
        assertThat(sink.brokenOffBy()).contains("\"api_error\"", "local", "connection cut");
        assertThat(sink.text()).doesNotContain("message_stop");
    }

    @Test
    void aByteOrderMarkBeforeTheFirstChunkCostsNothingOfIt() throws Exception {
        server.then(events("\uFEFF" + FIRST, LAST, DONE));

        forward(MESSAGES, STREAM);

        assertThat(AccumulatedMessage.of(sink.text()).at("/content/0/text").asString())
                .isEqualTo("Hi.");
    }

    @Test
    void whileAServerThinksTheClientIsToldThatItIsWaitedFor() throws Exception {
        var thought = new CountDownLatch(1);
        server.then((_, to) -> {
            to.write(STREAM_HEAD);
            thought.await();
            to.write(FIRST + LAST + DONE).cut();
        });
        var waiting =
                new Gathered() {
                    @Override
                    public void idle() {
                        super.idle();
                        thought.countDown();
                    }
                };

        forward(MESSAGES, STREAM, waiting);

        assertThat(waiting.idles()).isPositive();
        assertThat(waiting.isEnded()).isTrue();
    }

    @Test
    void aServerThatSaysItIsDoneIsBelievedWithoutAReason() throws Exception {
        server.then(events(FIRST, DONE));

        forward(MESSAGES, STREAM);

        assertThat(AccumulatedMessage.of(sink.text()).path("stop_reason").asString())
                .isEqualTo("end_turn");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", DONE, ": nothing\n\n", "data: {}\n\n" + DONE})
    void aStreamWithoutAWordIsAnError(String stream) throws Exception {
        server.then(events(stream));

        forward(MESSAGES, STREAM);

        assertThat(sink.status()).isEqualTo(500);
        assertThat(json().at("/error/type").asString()).isEqualTo("api_error");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"choices\":\n\n",
                "data: [1]\n\n",
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":3,\"function\":{\"arguments\":\"{}\"}}]}}]}\n\n",
            })
    void aStreamThatMakesNoSenseIsBrokenOff(String event) throws Exception {
        server.then(events(FIRST, event, LAST, DONE));

        var outcome = forward(MESSAGES, STREAM);

        assertThat(outcome).isEqualTo(new ForwardOutcome.Failed("garbled response"));
        assertThat(sink.isAborted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: {\"choices\":\n\n", "data: Internal Server Error\n\n"})
    void aFirstWordThatMakesNoSenseIsAnErrorAnswer(String event) throws Exception {
        server.then(events(event));

        var outcome = forward(MESSAGES, STREAM);

        assertThat(outcome).isEqualTo(new ForwardOutcome.Failed("garbled response"));
        assertThat(sink.status()).isEqualTo(500);
        assertThat(json().at("/error/type").asString()).isEqualTo("api_error");
    }

    @ParameterizedTest
    @ValueSource(strings = {LAST + DONE, DONE})
    void aCallThatWaitsForOneThatNeverBecomesWholeIsTold(String rest) throws Exception {
        server.then(
                events(
                        call(0, "first", "{\\\"a"),
                        call(1, "second", "{\\\"b\\\":"),
                        call(2, "third", "{}"),
                        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"1\"}}]}}]}\n\n",
                        rest));

        forward(MESSAGES, STREAM);

        assertThat(sink.isEnded()).isTrue();
        assertThat(sink.text())
                .containsSubsequence(
                        "\"first\"",
                        "{\\\"a\"",
                        "content_block_stop",
                        "\"second\"",
                        "{\\\"b\\\":\"",
                        "\"1\"",
                        "content_block_stop",
                        "\"third\"",
                        "\"{}\"",
                        "content_block_stop");
    }

    private static String call(int index, String name, String input) {
        return "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":%d,\"id\":\"c%d\",\"function\":{\"name\":\"%s\",\"arguments\":\"%s\"}}]}}]}\n\n"
                .formatted(index, index, name, input);
    }

    @Test
    void aConnectionThatIsCutIsBrokenOff() throws Exception {
        server.then((_, to) -> {
            to.write(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n"
                            + FIRST);
            to.cut();
        });

        forward(MESSAGES, STREAM);

        assertThat(sink.status()).isEqualTo(200);
        assertThat(sink.isAborted()).isTrue();
    }

    @Test
    void anErrorInTheMiddleIsAnErrorEventAndTheEnd() throws Exception {
        server.then(
                events(
                        FIRST,
                        "data: {\"error\":{\"message\":\"KV cache is full\",\"type\":\"x\",\"code\":503}}\n\n",
                        DONE));

        var outcome = forward(MESSAGES, STREAM);

        assertThat(outcome).isEqualTo(new ForwardOutcome.Failed("error in answer"));
        assertThat(sink.text())
                .endsWith(
                        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"upstream local: KV cache is full\"},\"request_id\":null}\n\n")
                .doesNotContain("message_stop");
        assertThat(sink.isEnded()).isTrue();
    }

    @Test
    void anAnswerThatIsGivenUpIsAnErrorEvent() throws Exception {
        server.then(events(FIRST, LAST.replace("\"stop\"", "\"abort\""), DONE));

        var outcome = forward(MESSAGES, STREAM);

        assertThat(outcome).isEqualTo(new ForwardOutcome.Failed("answer given up"));
        assertThat(sink.text()).contains("event: error\n").doesNotContain("message_stop");
    }

    @Test
    void anErrorBeforeTheFirstWordIsAnErrorAnswer() throws Exception {
        server.then(events("data: {\"error\":{\"message\":\"no slot\",\"code\":503}}\n\n", DONE));

        forward(MESSAGES, STREAM);

        assertThat(sink.status()).isEqualTo(529);
        assertThat(json().at("/error/message").asString()).isEqualTo("upstream local: no slot");
    }

    @ParameterizedTest
    @ValueSource(strings = {"401", "402"})
    void anErrorInAStreamAboutOurKeyIsNotTheClientsFault(String code) throws Exception {
        server.then(
                events(
                        "data: {\"error\":{\"message\":\"Invalid token\",\"type\":\"None\",\"code\":\""
                                + code
                                + "\"}}\n\n"));

        forward(MESSAGES, STREAM);

        assertThat(sink.status()).isEqualTo(502);
        assertThat(json().at("/error/type").asString()).isEqualTo("api_error");
    }

    @ParameterizedTest
    @ValueSource(strings = {WHOLE, STREAM})
    void aFieldWithoutCounterpartIsRefusedByItsName(String params) throws Exception {
        forward(MESSAGES, params.replace("\"model\"", "\"mcp_servers\":[{}],\"model\""));

        assertThat(sink.status()).isEqualTo(400);
        assertThat(json().at("/error/type").asString()).isEqualTo("invalid_request_error");
        assertThat(json().at("/error/message").asString()).startsWith("mcp_servers: ");
        assertThat(server.unseen()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "400,400,invalid_request_error",
        "413,413,request_too_large",
        "429,429,rate_limit_error",
        "500,500,api_error",
        "503,529,overloaded_error",
        "504,504,timeout_error"
    })
    void anErrorHasTheStatusOfTheMessagesApi(int status, int passedOn, String type)
            throws Exception {
        var error = answer(status, "{\"error\":{\"message\":\"no\"}}", "retry-after: 3");
        server.then(error).then(error);

        forward(MESSAGES, WHOLE);

        assertThat(sink.status()).isEqualTo(passedOn);
        assertThat(sink.headers()).containsEntry("retry-after", "3");
        assertThat(json().at("/error/type").asString()).isEqualTo(type);
        var streamed = new Gathered();
        forward(MESSAGES, STREAM, streamed);
        assertThat(streamed.status()).isEqualTo(passedOn);
        assertThat(streamed.text()).isEqualTo(sink.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {WHOLE, STREAM})
    void thatOurKeyIsWrongIsNotTheClientsFault(String params) throws Exception {
        server.then(
                answer(401, "{\"error\":{\"message\":\"Incorrect API key provided: sk-lo**al\"}}"));

        forward(MESSAGES, params);

        assertThat(sink.status()).isEqualTo(502);
        assertThat(sink.headers()).containsEntry("x-should-retry", "false");
        assertThat(json().at("/error/message").asString())
                .contains("local", "401")
                .doesNotContain("sk-lo");
    }

    @ParameterizedTest
    @ValueSource(strings = {WHOLE, STREAM})
    void anUpstreamThatIsNotThereLeavesTheAnswerToTheCaller(String params) throws Exception {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (var absent = upstream(URI.create("http://127.0.0.1:" + free + "/v1"))) {
            var outcome =
                    absent.forward(
                            new Call(
                                    MESSAGES,
                                    JsonBytes.of(params),
                                    ApiVersion.V2026_10_21,
                                    List.of(),
                                    null,
                                    Duration.ofSeconds(30)),
                            sink);
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            ForwardOutcome.Refused.class,
                            refused -> {
                                assertThat(refused.news())
                                        .isEqualTo(
                                                new ForwardOutcome.Unreachable(
                                                        "connection refused"));
                                assertThat(refused.status()).isEqualTo(500);
                                assertThat(new String(refused.body().array(), UTF_8))
                                        .contains("api_error", "local", "connection refused");
                            });
        }

        assertThat(sink.status()).as("the answer is left to the caller").isZero();
    }

    @Test
    void aClientThatGoesAwayEndsTheExchange() throws Exception {
        var hungUp = new CountDownLatch(1);
        server.then((_, to) -> {
            to.write(STREAM_HEAD + FIRST);
            try {
                while (true) {
                    to.write(FIRST);
                }
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

        forward(MESSAGES, STREAM, gone);

        assertThat(gone.isAborted()).isTrue();
        hungUp.await();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|{\"error\":{\"message\":\"Unrecognized request argument supplied: stream_options\",\"type\":\"invalid_request_error\"}}",
                "422|{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"stream_options\"],\"msg\":\"Extra inputs are not permitted\"}]}",
                "400|{\"message\":\"'stream_options' is not supported\"}",
            })
    void anOptionThatIsRefusedByNameIsLeftOutFromThenOn(int status, String refusal)
            throws Exception {
        server.then(answer(status, refusal)).then(events(FIRST, LAST, DONE));

        forward(MESSAGES, STREAM);

        assertThat(AccumulatedMessage.of(sink.text()).at("/content/0/text").asString())
                .isEqualTo("Hi.");
        assertThat(server.seen().text()).contains("stream_options");
        assertThat(server.seen().text()).doesNotContain("stream_options");
        server.then(events(FIRST, LAST, DONE));
        forward(MESSAGES, STREAM, new Gathered());
        assertThat(server.seen().text())
                .as("not tried again")
                .contains("\"stream\":true")
                .doesNotContain("stream_options");
        // Of another model nothing is known.
        server.then(events(FIRST, LAST, DONE));
        forward(MESSAGES, STREAM.replace("\"m\"", "\"other\""), new Gathered());
        assertThat(server.seen().text()).contains("stream_options");
    }

    @Test
    void anOptionThatWasNotSentIsNotLeftOut() throws Exception {
        server.then(answer(400, "{\"error\":{\"message\":\"stream_options\"}}"));

        forward(MESSAGES, WHOLE);

        assertThat(sink.status()).isEqualTo(400);
        var _ = server.seen();
        assertThat(server.unseen()).isZero();
    }

    // Tokens

    private static final String COUNTED =
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    @Test
    void aServerThatCountsConversationsIsAskedOnce() throws Exception {
        server.then(answer(200, "{\"count\":27,\"max_model_len\":4096,\"tokens\":[1,2]}"));

        forward(new Endpoint.CountTokens(), COUNTED);

        assertThat(json().path("input_tokens").asInt()).isEqualTo(27);
        var seen = server.seen();
        assertThat(seen.target()).isEqualTo("/tokenize");
        assertThat(seen.text()).isEqualTo(COUNTED);
        assertThat(server.unseen()).isZero();
    }

    @Test
    void aServerThatCountsTextIsAskedForTheTextFirst() throws Exception {
        server.then(answer(200, "{\"tokens\":[]}"))
                .then(answer(200, "{\"prompt\":\"[user] Hi\\n[assistant] \"}"))
                .then(answer(200, "{\"tokens\":[1,353,317]}"));

        forward(new Endpoint.CountTokens(), COUNTED);

        assertThat(json().path("input_tokens").asInt()).isEqualTo(3);
        assertThat(server.seen().target()).isEqualTo("/tokenize");
        assertThat(server.seen().target()).isEqualTo("/apply-template");
        assertThat(server.seen().text())
                .isEqualTo(
                        "{\"content\":\"[user] Hi\\n[assistant] \",\"add_special\":true,\"parse_special\":true}");
    }

    @Test
    void aPromptThatAServerRefusesIsNoMissingTokenizer() throws Exception {
        server.then(answer(200, "{\"tokens\":[]}"))
                .then(
                        answer(
                                400,
                                "{\"error\":{\"code\":400,\"message\":\"JSON schema error at #: unrecognized type nonsense\",\"type\":\"invalid_request_error\"}}"));

        forward(new Endpoint.CountTokens(), COUNTED);

        assertThat(sink.status()).isEqualTo(400);
        assertThat(json().at("/error/message").asString())
                .isEqualTo("upstream local: JSON schema error at #: unrecognized type nonsense");
    }

    @Test
    void aServerWithoutATokenizerCountsNothing() throws Exception {
        server.then(answer(404, "404 page not found", "Content-Type: text/plain"));

        forward(new Endpoint.CountTokens(), COUNTED);

        assertThat(sink.status()).isEqualTo(404);
        assertThat(json().at("/error/message").asString()).contains("local", "count tokens");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 401, 403, 405})
    void thatThereIsNoWayToATokenizerSaysNothingOfTheApi(int status) throws Exception {
        server.then(
                answer(
                        status,
                        "{\"error\":{\"message\":\"You didn't provide an API key.\"}}",
                        "Location: https://example.com/login"));

        var news = forward(new Endpoint.CountTokens(), COUNTED);

        assertThat(sink.status()).isEqualTo(404);
        assertThat(news).isNotInstanceOf(ForwardOutcome.Barred.class);
    }

    @Test
    void aTokenizerThatFailsIsNoMissingTokenizer() throws Exception {
        server.then(answer(503, "{\"error\":{\"message\":\"Loading model\",\"code\":503}}"));

        forward(new Endpoint.CountTokens(), COUNTED);

        assertThat(sink.status()).isEqualTo(529);
    }

    // Models

    private static final String MODELS =
            "{\"object\":\"list\",\"data\":[{\"id\":\"old\",\"object\":\"model\",\"created\":1700000000,\"owned_by\":\"vllm\",\"max_model_len\":4096},{\"id\":\"org/new\",\"created\":1763738578},{\"id\":\"undated\",\"meta\":{\"n_ctx\":1024}}]}";

    @Test
    void modelsAreListedNewestFirstInTheShapeOfTheMessagesApi() throws Exception {
        server.then(answer(200, MODELS));

        forward(new Endpoint.Models(""), "");

        assertThat(server.seen().target()).isEqualTo("/v1/models");
        assertThat(ids()).containsExactly("org/new", "old", "undated");
        assertThat(json().path("has_more").asBoolean()).isFalse();
        assertThat(json().path("first_id").asString()).isEqualTo("org/new");
        assertThat(json().path("last_id").asString()).isEqualTo("undated");
        assertThat(json().path("data").get(1))
                .isEqualTo(
                        JSON.readTree(
                                "{\"id\":\"old\",\"type\":\"model\",\"display_name\":\"old\",\"created_at\":\"2023-11-14T22:13:20Z\",\"lifecycle\":\"active\",\"deprecated_at\":null,\"retires_at\":null,\"line\":null,\"max_input_tokens\":4096,\"max_tokens\":null,\"capabilities\":null}"));
        assertThat(json().path("data").get(2).path("created_at").asString())
                .isEqualTo("1970-01-01T00:00:00Z");
        assertThat(json().path("data").get(2).path("max_input_tokens").asInt()).isEqualTo(1024);
    }

    private List<String> ids() {
        return json().path("data").values().stream()
                .map(model -> model.path("id").asString())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit=2|org/new,old|true",
                "limit=2&after_id=old|undated|false",
                "after_id=org%2Fnew&limit=1|old|true",
                "limit=1&before_id=undated|old|true",
                "before_id=old|org/new|false",
                "lifecycle%5B%5D=active&lifecycle%5B%5D=deprecated|org/new,old,undated|false",
                "lifecycle%5B%5D=retired|''|false",
                "beta=true|org/new,old,undated|false",
            })
    void theListIsPagedHere(String query, String expected, boolean more) throws Exception {
        server.then(answer(200, MODELS));

        forward(new Endpoint.Models(query), "");

        assertThat(String.join(",", ids())).isEqualTo(expected);
        assertThat(json().path("has_more").asBoolean()).isEqualTo(more);
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0,limit",
        "limit=1001,limit",
        "limit=x,limit",
        "after_id=a&before_id=b,before_id",
        "after_id=%zz,query"
    })
    void aQueryThatIsWrongIsRefusedByItsName(String query, String name) throws Exception {
        forward(new Endpoint.Models(query), "");

        assertThat(sink.status()).isEqualTo(400);
        assertThat(json().at("/error/message").asString()).startsWith(name + ": ");
    }

    @Test
    void aListCannotGoOnBehindAModelThatIsGone() throws Exception {
        server.then(answer(200, MODELS));

        forward(new Endpoint.Models("after_id=gone"), "");

        assertThat(sink.status()).isEqualTo(400);
        assertThat(json().at("/error/message").asString()).startsWith("after_id: ");
    }

    @Test
    void oneModelIsFoundInTheList() throws Exception {
        server.then(answer(200, MODELS));

        forward(new Endpoint.Model("org/new"), "");

        assertThat(json().path("id").asString()).isEqualTo("org/new");
    }

    @Test
    void aModelThatIsNotInTheListIsNotFound() throws Exception {
        server.then(answer(200, MODELS));

        forward(new Endpoint.Model("gpt-2"), "");

        assertThat(sink.status()).isEqualTo(404);
        assertThat(json().at("/error/type").asString()).isEqualTo("not_found_error");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{\"id\":\"a\",\"created\":2},{\"id\":\"b\",\"created\":3}]|b,a",
                "[]|''",
                "{\"object\":\"list\",\"data\":null}|''",
                "{\"data\":[\"a\",\"b\"]}|a,b",
                "{\"models\":[{\"name\":\"llama3:8b\",\"model\":\"llama3:8b\"}]}|llama3:8b",
                "{\"data\":[{\"id\":\"a\"},null,7,{}]}|a",
            })
    void aListOfModelsIsOneInWhateverItComes(String body, String expected) throws Exception {
        server.then(answer(200, body));

        forward(new Endpoint.Models(""), "");

        assertThat(sink.status()).isEqualTo(200);
        assertThat(String.join(",", ids())).isEqualTo(expected);
    }

    @Test
    void aListThatIsNoneIsAnError() throws Exception {
        server.then(answer(200, "{\"hello\":1}"));

        forward(new Endpoint.Models(""), "");

        assertThat(sink.status()).isEqualTo(502);
    }
}
