package dev.nightmail.upstream.anthropic;

import static dev.nightmail.upstream.http.MisbehavingUpstream.answer;
import static dev.nightmail.upstream.http.MisbehavingUpstream.cutBeforeStatus;
import static dev.nightmail.upstream.http.MisbehavingUpstream.cutInsideBody;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.BatchUpstream.Collection;
import dev.nightmail.core.upstream.BatchUpstream.Creation;
import dev.nightmail.core.upstream.BatchUpstream.Honours;
import dev.nightmail.core.upstream.BatchUpstream.Listing;
import dev.nightmail.core.upstream.BatchUpstream.Seen;
import dev.nightmail.core.upstream.BatchUpstream.Sighting;
import dev.nightmail.core.upstream.RelayedOutcome;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.upstream.http.HttpSettings;
import dev.nightmail.upstream.http.JettyExchanges;
import dev.nightmail.upstream.http.MisbehavingUpstream;
import dev.nightmail.upstream.http.Secret;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@Timeout(60)
final class AnthropicBatchesTest {

    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-11-21T07:28:00Z"));
    private static final RelayTerms TERMS =
            new RelayTerms(ApiVersion.V2023_06_01, List.of("files-2025-04-14"), "profile_1");

    private final MisbehavingUpstream server = new MisbehavingUpstream();
    private final AnthropicBatches provider =
            new AnthropicBatches(
                    new AnthropicConfig(
                            "claude",
                            server.uri("/prefix/"),
                            new Secret("sk-secret"),
                            "nightmail/0.1.0"),
                    new JettyExchanges(HttpSettings.DEFAULT),
                    CLOCK);

    @AfterEach
    void stop() {
        provider.close();
        server.close();
    }

    private static String batch(String id, String status) {
        return """
        {"id":"%s","type":"message_batch","processing_status":"%s",\
        "request_counts":{"processing":1,"succeeded":2,"errored":3,"canceled":4,"expired":5},\
        "created_at":"2026-11-21T07:28:00.123456Z","archived_at":null,"of_next_year":{}}\
        """
                .formatted(id, status);
    }

    private static String error(String type, String message) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"%s\"},\"request_id\":null}"
                .formatted(type, message);
    }

    private static BatchUpstream.Body body(String text) {
        return new BatchUpstream.Body() {
            @Override
            public long bytes() {
                return text.getBytes(UTF_8).length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(text.getBytes(UTF_8));
            }
        };
    }

    private Creation create() throws InterruptedException {
        return provider.create(body("{\"requests\":[]}"), TERMS, "relay_1");
    }

    @Test
    void aCreateArrivesByteForByteWithItsLengthAndItsTerms() throws Exception {
        server.then(answer(200, batch("msgbatch_1", "in_progress")));
        var text = "{\"requests\":[" + "x".repeat(300_000) + "é]}";

        var creation = provider.create(body(text), TERMS, "relay_1");

        var seen = server.seen();
        assertThat(seen.text()).isEqualTo(text);
        assertThat(seen.method() + " " + seen.target())
                .isEqualTo("POST /prefix/v1/messages/batches");
        assertThat(seen.headers())
                .containsEntry("content-length", String.valueOf(text.getBytes(UTF_8).length))
                .containsEntry("idempotency-key", "relay_1")
                .containsEntry("anthropic-version", "2023-06-01")
                .containsEntry("anthropic-beta", "files-2025-04-14")
                .containsEntry("anthropic-user-profile-id", "profile_1")
                .containsEntry("x-api-key", "sk-secret");
        assertThat(creation)
                .isEqualTo(
                        new Creation.Created(
                                new Seen(
                                        "msgbatch_1",
                                        Instant.parse("2026-11-21T07:28:00.123456Z"),
                                        false,
                                        15,
                                        false)));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 504, 408, 409})
    void afterAFaultNobodyKnowsWhetherABatchWasMade(int status) throws Exception {
        server.then(answer(status, error("api_error", "oh")));

        assertThat(create()).isInstanceOf(Creation.Unconfirmed.class);
    }

    @Test
    void norIfTheAnswerIsLostOrIsNoBatch() throws Exception {
        server.then(cutBeforeStatus());
        server.then(answer(200, "{\"id\":5}"));

        assertThat(create()).isInstanceOf(Creation.Unconfirmed.class);
        assertThat(create()).isInstanceOf(Creation.Unconfirmed.class);
    }

    @Test
    void aBatchIsABatchWhateverItIsSentAs() throws Exception {
        server.then(answer(200, batch("msgbatch_1", "in_progress"), "content-type: text/plain"));
        server.then(answer(200, "\uFEFF" + batch("msgbatch_2", "in_progress")));
        server.then(answer(201, "{\"id\":\"msgbatch_3\",\"processing_status\":\"in_progress\"}"));

        for (var id : List.of("msgbatch_1", "msgbatch_2", "msgbatch_3")) {
            assertThat(create())
                    .isInstanceOfSatisfying(
                            Creation.Created.class,
                            created -> assertThat(created.batch().id()).isEqualTo(id));
        }
    }

    /** What stands in between may answer so when the batch has been made behind it. */
    @ParameterizedTest
    @ValueSource(
            ints = {
                200, 302, 303, 307, 400, 401, 402, 403, 404, 405, 407, 410, 418, 422, 429, 451, 499,
                500, 502, 503, 529
            })
    void noPageOfAProxyProvesThatNoneWasMade(int status) throws Exception {
        server.then(
                answer(
                        status,
                        "<html>no</html>",
                        "content-type: text/html",
                        "location: http://127.0.0.1:1/elsewhere"));

        assertThat(create()).isInstanceOf(Creation.Unconfirmed.class);
        assertThat(server.seen().method()).isEqualTo("POST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bad Request",
                "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\"}}",
                "{\"detail\":\"no\"}",
                "{\"message\":\"no\"}",
                "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"}}"
            })
    void norDoesAnythingElseThatIsNotTheApisOwnWord(String words) throws Exception {
        server.then(answer(400, words));

        assertThat(create()).isInstanceOf(Creation.Unconfirmed.class);
    }

    @Test
    void norDoTheApisOwnWordsWithARedirect() throws Exception {
        server.then(
                answer(
                        307,
                        error("invalid_request_error", "elsewhere"),
                        "location: http://127.0.0.1:1/elsewhere"));

        assertThat(create()).isInstanceOf(Creation.Unconfirmed.class);
    }

    @Test
    void whoSaysThatItIsTooLargeMayBeAnybody() throws Exception {
        server.then(answer(413, "<html>too large</html>", "content-type: text/html"));

        assertThat(create())
                .isInstanceOfSatisfying(
                        Creation.Refused.class,
                        refused -> assertThat(refused.positions()).isEmpty());
    }

    @Test
    void whatStandsInBetweenIsToldToWhoeverLooks() throws Exception {
        server.then(answer(403, "<html>no</html>", "content-type: text/html"));

        assertThat(((Creation.Unconfirmed) create()).step())
                .contains("status 403 with content type text/html", "upstreams.claude.url");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503, 529})
    void aServiceThatSaysItHasNoRoomHasMadeNone(int status) throws Exception {
        server.then(answer(status, error("overloaded_error", "full"), "retry-after: 7"));

        assertThat(create())
                .isInstanceOfSatisfying(
                        Creation.NotNow.class,
                        notNow -> assertThat(notNow.why()).isInstanceOf(Throttled.class));
    }

    @Test
    void aPageOfAProxyThatSaysSoProvesNothing() throws Exception {
        server.then(answer(503, "<html>try later</html>"));

        assertThat(create()).isEqualTo(new Creation.Unconfirmed("status 503"));
    }

    @Test
    void aRefusedCredentialBarsUs() throws Exception {
        server.then(answer(401, error("authentication_error", "no")));

        assertThat(create())
                .isInstanceOfSatisfying(
                        Creation.NotNow.class,
                        notNow -> assertThat(notNow.why()).isInstanceOf(Barred.class));
    }

    @ParameterizedTest
    @CsvSource({"403,permission_error", "404,not_found_error"})
    void whoIsNotServedAtAllLosesNoRequestByIt(int status, String type) throws Exception {
        server.then(answer(status, error(type, "no")));
        server.then(answer(status, error(type, "no")));
        var plain = new RelayTerms(ApiVersion.V2023_06_01, List.of(), null);

        assertThat(provider.create(body("{}"), plain, "relay_1"))
                .isInstanceOfSatisfying(
                        Creation.NotNow.class,
                        notNow ->
                                assertThat(((Barred) notNow.why()).reason())
                                        .contains("upstreams.claude.url"));
        // It may be what a client asks for that is denied.
        assertThat(create()).isInstanceOf(Creation.Refused.class);
    }

    @Test
    void aRefusalNamesTheRequestAtFaultIfItCan() throws Exception {
        server.then(
                answer(400, error("invalid_request_error", "requests.3.params.stream: not here")));
        server.then(answer(413, error("request_too_large", "no more than 256 MB")));

        assertThat(create())
                .isInstanceOfSatisfying(
                        Creation.Refused.class,
                        refused -> assertThat(refused.positions()).containsExactly(3));
        assertThat(create())
                .isInstanceOfSatisfying(
                        Creation.Refused.class,
                        refused -> assertThat(refused.positions()).isEmpty());
    }

    @Test
    void whetherKeysAreHonouredIsAskedOnceAndThenKnown() throws Exception {
        server.then(
                answer(
                        200,
                        "{\"data\":[],\"has_more\":false}",
                        "nightmail-honours: events",
                        "nightmail-honours: partial-results, idempotency-key"));

        assertThat(provider.idempotency()).isEqualTo(new Honours.Known(true));
        assertThat(provider.idempotency()).isEqualTo(new Honours.Known(true));
        assertThat(server.seen().target()).isEqualTo("/prefix/v1/messages/batches?limit=1");
    }

    @Test
    void aServiceThatDoesNotSayThatItHonoursKeysDoesNot() throws Exception {
        server.then(answer(200, "{\"data\":[],\"has_more\":false}"));

        assertThat(provider.idempotency()).isEqualTo(new Honours.Known(false));
    }

    @Test
    void aBatchIsSeenOrUnknownOrNobodyKnows() throws Exception {
        server.then(answer(200, batch("msgbatch_1", "ended")));
        server.then(answer(404, error("not_found_error", "no such batch")));
        server.then(answer(500, error("api_error", "oh")));
        server.then(answer(404, "<html>nothing here</html>"));

        assertThat(provider.find("msgbatch_1"))
                .isInstanceOfSatisfying(
                        Sighting.There.class, there -> assertThat(there.batch().ended()).isTrue());
        assertThat(provider.find("msgbatch_1")).isEqualTo(new Sighting.Unknown());
        assertThat(provider.find("msgbatch_1")).isInstanceOf(Sighting.Unseen.class);
        assertThat(provider.find("msgbatch_1"))
                .as("what answers is not this API")
                .isInstanceOfSatisfying(
                        Sighting.Unseen.class,
                        unseen -> assertThat(unseen.why()).isInstanceOf(Barred.class));
    }

    @Test
    void theListIsReadPageByPage() throws Exception {
        server.then(
                answer(
                        200,
                        "{\"data\":[%s,%s],\"has_more\":true,\"first_id\":null}"
                                .formatted(
                                        batch("msgbatch_2", "ended"), batch("msgbatch_1", "x"))));

        var page = (Listing.Page) provider.list("msgbatch_3");

        assertThat(page.batches()).extracting(Seen::id).containsExactly("msgbatch_2", "msgbatch_1");
        assertThat(page.hasMore()).isTrue();
        assertThat(server.seen().target())
                .isEqualTo("/prefix/v1/messages/batches?limit=100&after_id=msgbatch_3");
    }

    @Test
    void anEntryThatLacksSomethingDoesNotHideTheOthers() throws Exception {
        server.then(
                answer(
                        200,
                        """
                        {"data":[{"id":"a","created_at":null,"processing_status":"ended"},7,null,["x"],\
                        {"id":"b","created_at":"yesterday","request_counts":{"processing":1e99}},\
                        {"id":null,"created_at":"2026-11-21T07:28:00Z"},%s],"has_more":false}\
                        """
                                .formatted(batch("msgbatch_1", "ended"))));

        var page = (Listing.Page) provider.list(null);

        assertThat(page.batches()).extracting(Seen::id).containsExactly("a", "b", "msgbatch_1");
        assertThat(page.batches().getFirst().createdAt()).isNull();
        assertThat(page.unreadable()).isEqualTo(4);
    }

    @Test
    void countsBeyondAllBoundsAreMoreThanWereSent() throws Exception {
        server.then(
                answer(
                        200,
                        "{\"id\":\"a\",\"processing_status\":\"ended\",\"request_counts\":{\"processing\":99999999999999999999,\"errored\":5000000000,\"canceled\":-3}}"));

        assertThat(((Sighting.There) provider.find("a")).batch().requests())
                .isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"has_more\":false; false",
                "\"has_more\":true; true",
                "\"has_more\":null; true",
                "\"has_more\":\"false\"; true",
                "\"first_id\":null; true"
            })
    void onlyAListThatSaysSoIsAtItsEnd(String saying, boolean hasMore) throws Exception {
        server.then(
                answer(200, "{\"data\":[%s],%s}".formatted(batch("msgbatch_1", "ended"), saying)));

        assertThat(((Listing.Page) provider.list(null)).hasMore()).isEqualTo(hasMore);
    }

    @Test
    void aBatchThatHasEndedIsNotCanceledAndSeenAllTheSame() throws Exception {
        server.then(answer(400, error("invalid_request_error", "it has ended")));
        server.then(answer(200, batch("msgbatch_1", "ended")));

        assertThat(provider.cancel("msgbatch_1")).isInstanceOf(Sighting.There.class);
    }

    // Results

    private final Map<String, RelayedOutcome> taken = new LinkedHashMap<>();

    private Collection results() throws InterruptedException {
        return provider.results(
                "msgbatch_1",
                (customId, outcome) -> {
                    taken.put(customId, outcome);
                    return true;
                });
    }

    private static String line(String id, String result) {
        return "{\"custom_id\":\"%s\",\"result\":%s}".formatted(id, result);
    }

    private static final String MESSAGE =
            "{\"id\":\"msg_1\",\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":3,\"output_tokens\":5,\"service_tier\":\"batch\"}}";

    private static String succeeded(String id) {
        return line(id, "{\"type\":\"succeeded\",\"message\":" + MESSAGE + "}");
    }

    private AttemptOutcome outcome(String id) {
        if (taken.get(id) instanceof RelayedOutcome.Tried(var outcome)) {
            return outcome;
        }
        throw new AssertionError(id + " was not tried: " + taken);
    }

    @Test
    void anAnswerKeepsItsBytesAndIsBilledAsABatch() throws Exception {
        server.then(answer(200, succeeded("a") + "\n"));

        assertThat(results()).isEqualTo(new Collection.Whole(1));

        var answered = (AttemptOutcome.Answered) outcome("a");
        assertThat(new String(answered.message().array(), UTF_8)).isEqualTo(MESSAGE);
        assertThat(answered.billing().tier()).isEqualTo(ServiceTier.BATCH);
        assertThat(answered.billing().upstream()).isEqualTo("claude");
        assertThat(answered.usage().output()).isEqualTo(5);
    }

    @Test
    void eachTypeOfResultMeansSomethingElse() throws Exception {
        server.then(
                answer(
                        200,
                        String.join(
                                "\n",
                                errored("invalid", "invalid_request_error"),
                                errored("unknown-model", "not_found_error"),
                                errored("fault", "api_error"),
                                errored("overload", "overloaded_error"),
                                errored("next-year", "error_of_next_year"),
                                errored("account", "billing_error"),
                                line("canceled", "{\"type\":\"canceled\"}"),
                                line("expired", "{\"type\":\"expired\"}"),
                                line("strange", "{\"type\":\"postponed\"}"),
                                line("hollow", "{\"type\":\"succeeded\",\"message\":{}}"))));

        assertThat(results()).isEqualTo(new Collection.Whole(10));

        assertThat(outcome("invalid")).isInstanceOf(Refused.class);
        assertThat(outcome("unknown-model")).isInstanceOf(Refused.class);
        assertThat(outcome("fault")).isInstanceOf(Failed.class);
        assertThat(outcome("overload")).isInstanceOf(Failed.class);
        assertThat(outcome("next-year")).isInstanceOf(Failed.class);
        assertThat(outcome("account")).isInstanceOf(Barred.class);
        assertThat(taken.get("canceled")).isEqualTo(new RelayedOutcome.Canceled());
        assertThat(taken.get("expired")).isEqualTo(new RelayedOutcome.Expired());
        assertThat(outcome("strange")).isInstanceOf(Refused.class);
        assertThat(outcome("hollow")).isInstanceOf(AttemptOutcome.Answered.class);
    }

    private static String errored(String id, String type) {
        return line(id, "{\"type\":\"errored\",\"error\":" + error(type, "words") + "}");
    }

    // What was paid

    static List<String> messagesOfWhichNotAllCanBeRead() {
        return List.of(
                "{}",
                "{\"id\":\"m\",\"type\":\"message\",\"usage\":null}",
                "{\"id\":\"m\",\"type\":\"message\"}",
                "{\"id\":\"m\",\"type\":\"message\",\"usage\":{\"input_tokens\":1.5,\"output_tokens\":2}}",
                "{\"id\":\"m\",\"type\":\"message\",\"usage\":\"3 tokens\"}",
                "{\"id\":\"m\",\"type\":\"message\",\"usage\":{\"input_tokens\":\"3\",\"output_tokens\":2}}",
                "{\"id\":\"m\",\"type\":\"message\",\"usage\":{\"input_tokens\":-3,\"output_tokens\":2}}",
                "{\"id\":\"m\",\"type\":\"message\",\"usage\":{\"input_tokens\":%s,\"output_tokens\":2}}"
                        .formatted("9".repeat(900)),
                "{\"id\":\"m\",\"type\":\"message\",\"usage\":{\"input_tokens\":9223372036854775807,\"output_tokens\":2}}",
                "{\"id\":\"m\",\"type\":\"message_of_next_year\",\"usage\":{\"input_tokens\":3,\"output_tokens\":2}}");
    }

    @ParameterizedTest
    @MethodSource("messagesOfWhichNotAllCanBeRead")
    void whatSucceededWasPaidAndIsPassedOnAsItIs(String message) throws Exception {
        server.then(answer(200, line("a", "{\"type\":\"succeeded\",\"message\":" + message + "}")));

        assertThat(results()).isEqualTo(new Collection.Whole(1));

        var answered = (AttemptOutcome.Answered) outcome("a");
        assertThat(withoutUsage(answered.message().array()))
                .isEqualTo(withoutUsage(message.getBytes(UTF_8)));
        assertThat(answered.usage().input()).isZero();
        assertThat(answered.billing().tier()).isEqualTo(ServiceTier.UNREPORTED);
    }

    /** Which may have been put right, so that clients can read it. */
    private static JsonNode withoutUsage(byte[] message) {
        var fields = (ObjectNode) JsonMapper.shared().readTree(message);
        fields.remove("usage");
        return fields;
    }

    @Test
    void anAnswerMayBeAsDeepAndItsNumbersAsLongAsTheyLike() throws Exception {
        var deep = "[".repeat(5_000) + "]".repeat(5_000);
        var message =
                MESSAGE.replace(
                        "\"content\":[]",
                        "\"content\":[{\"input\":%s,\"number\":%s}]"
                                .formatted(deep, "7".repeat(3_000)));
        server.then(answer(200, line("a", "{\"type\":\"succeeded\",\"message\":" + message + "}")));

        assertThat(results()).isEqualTo(new Collection.Whole(1));

        var answered = (AttemptOutcome.Answered) outcome("a");
        assertThat(new String(answered.message().array(), UTF_8)).isEqualTo(message);
        assertThat(answered.usage().output()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"succeeded\",\"message\":null}",
                "{\"type\":\"succeeded\",\"message\":\"hello\"}",
                "{\"type\":\"succeeded\"}",
                "{\"type\":\"refunded\"}",
                "{\"type\":null}",
                "{}",
                "null"
            })
    void whatMayHaveBeenPaidIsErroredOnceWithWhatCame(String result) throws Exception {
        server.then(answer(200, line("a", result)));

        results();

        var error = new String(((Refused) outcome("a")).error().array(), UTF_8);
        assertThat(error).contains("\"error_code\":\"unreadable_result\"", "\"api_error\"");
        assertThat(JsonMapper.shared().readTree(error).at("/error/details/line").asString())
                .isEqualTo(line("a", result));
    }

    @Test
    void aLineThatIsNoJsonIsNoResultYet() throws Exception {
        var unread = new LinkedHashMap<String, JsonBytes>();
        server.then(
                answer(
                        200,
                        "{\"custom_id\":\"a\",\"result\":{\"type\":\"succ\n"
                                + "{\"no\":\"id\n\n\r\n"
                                + succeeded("b")));

        var collection =
                provider.results(
                        "msgbatch_1",
                        new BatchUpstream.Receiver() {
                            @Override
                            public boolean take(String customId, RelayedOutcome outcome) {
                                taken.put(customId, outcome);
                                return true;
                            }

                            @Override
                            public void unreadable(String customId, JsonBytes error) {
                                unread.put(customId, error);
                            }
                        });

        assertThat(collection).isInstanceOf(Collection.Whole.class);
        assertThat(taken).containsOnlyKeys("b");
        assertThat(unread).containsOnlyKeys("a");
        assertThat(
                        JsonMapper.shared()
                                .readTree(unread.values().iterator().next().array())
                                .at("/error/details/line")
                                .asString())
                .startsWith("{\"custom_id\":\"a\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uFEFF", "\uFEFF\n", "\n\n", "\r\n"})
    void nothingBeforeTheFirstLineHidesIt(String before) throws Exception {
        server.then(answer(200, before + succeeded("a") + "\n" + succeeded("b")));

        results();

        assertThat(taken).containsOnlyKeys("a", "b");
    }

    @Test
    void linesAreReadWhateverTypeTheyAreSaidToHave() throws Exception {
        server.then(
                answer(
                        200,
                        succeeded("a") + "\n" + succeeded("b"),
                        "content-type: application/x-jsonl"));

        assertThat(results()).isEqualTo(new Collection.Whole(2));
        assertThat(taken).containsOnlyKeys("a", "b");
    }

    @Test
    void aDownloadThatIsCutIsNotTakenForTheWhole() throws Exception {
        server.then(cutInsideBody(succeeded("a") + "\n{\"custom"));

        assertThat(results()).isInstanceOf(Collection.Broken.class);
        assertThat(taken).containsOnlyKeys("a");
    }

    @Test
    void whoHasSeenEnoughReadsNoMore() throws Exception {
        server.then(answer(200, succeeded("a") + "\n" + succeeded("b") + "\n"));

        var collection =
                provider.results(
                        "msgbatch_1",
                        (customId, outcome) -> {
                            taken.put(customId, outcome);
                            return false;
                        });

        assertThat(collection).isInstanceOf(Collection.Whole.class);
        assertThat(taken).containsOnlyKeys("a");
    }

    @Test
    void resultsThatAreGoneAreUnknownAndThoseNobodyCanAskForUnseen() throws Exception {
        server.then(answer(404, error("not_found_error", "archived")));
        server.then(answer(401, error("authentication_error", "no")));

        assertThat(results()).isEqualTo(new Collection.Unknown());
        assertThat(results())
                .isInstanceOfSatisfying(
                        Collection.Unseen.class,
                        unseen -> assertThat(unseen.why()).isInstanceOf(Barred.class));
    }
}
