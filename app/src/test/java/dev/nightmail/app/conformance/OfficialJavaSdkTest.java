package dev.nightmail.app.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClientAsync;
import com.anthropic.core.JsonValue;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.ErrorType;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.Model;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.Usage;
import com.anthropic.models.messages.batches.BatchCreateParams;
import com.anthropic.models.messages.batches.BatchListPage;
import com.anthropic.models.messages.batches.BatchListParams;
import com.anthropic.models.messages.batches.MessageBatch;
import com.anthropic.models.messages.batches.MessageBatch.ProcessingStatus;
import com.anthropic.models.messages.batches.MessageBatchRequestCounts;
import com.anthropic.models.messages.batches.MessageBatchResult;
import com.anthropic.models.models.ModelInfo;
import com.anthropic.models.models.ModelListParams;
import com.anthropic.services.blocking.messages.BatchService;
import dev.nightmail.app.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The official Java SDK with nothing changed but its base URL: the whole life of a batch, single
 * calls, errors.
 */
class OfficialJavaSdkTest {
    private static final Model MODEL = Model.CLAUDE_HAIKU_4_5;
    private static final String UNKNOWN_BATCH = "msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d";

    /** Enough that a batch of them is still running when the call after its creation arrives. */
    private static final int LONG_BATCH = 20_000;

    private static TestServer server;
    private static String baseUrl;
    private static AnthropicClient client;

    @BeforeAll
    static void start() {
        server = TestServer.start("upstream=simulator", "upstreams.simulator.strict=false");
        baseUrl = server.baseUri().toString();
        client =
                AnthropicOkHttpClient.builder()
                        .baseUrl(baseUrl)
                        .apiKey("any-key")
                        .timeout(Duration.ofSeconds(60))
                        .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void aBatchGivesOneResultForEveryRequest() {
        var created = create(requests(3, "request"));

        assertThat(created.id()).startsWith("msgbatch_");
        assertThat(created.processingStatus()).isEqualTo(ProcessingStatus.IN_PROGRESS);
        assertThat(total(created.requestCounts())).isEqualTo(3);
        assertThat(created.expiresAt()).isEqualTo(created.createdAt().plusHours(24));
        assertThat(created.endedAt()).isEmpty();
        assertThat(created.cancelInitiatedAt()).isEmpty();
        assertThat(created.archivedAt()).isEmpty();
        assertThat(created.resultsUrl()).isEmpty();

        var ended = untilEnded(created.id());

        assertThat(ended.validate().createdAt()).isEqualTo(created.createdAt());
        assertThat(ended.endedAt())
                .hasValueSatisfying(at -> assertThat(at).isAfterOrEqualTo(created.createdAt()));
        assertThat(ended.resultsUrl())
                .contains(baseUrl + "/v1/messages/batches/" + created.id() + "/results");
        assertThat(ended.requestCounts().succeeded()).isEqualTo(3);
        assertThat(total(ended.requestCounts())).isEqualTo(3);
        var results = resultsById(created.id());
        assertThat(results).containsOnlyKeys("request-0", "request-1", "request-2");
        assertThat(results.values())
                .allSatisfy(result -> {
                    var message = result.validate().asSucceeded().message();
                    assertThat(message.model()).isEqualTo(MODEL);
                    assertThat(message.content().getFirst().asText().text()).isNotBlank();
                    assertThat(message.usage().inputTokens()).isPositive();
                    assertThat(message.usage().outputTokens()).isBetween(1L, 64L);
                    assertThat(message.usage().serviceTier()).contains(Usage.ServiceTier.BATCH);
                });
    }

    @Test
    void twoThousandResultsAreJoinedByCustomId() {
        var items = requests(2_000, "joined");

        var batch = untilEnded(create(items).id());

        assertThat(batch.requestCounts().succeeded()).isEqualTo(2_000);
        var results = resultsById(batch.id());
        assertThat(results.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        items.stream().map(BatchCreateParams.Request::customId).toList());
        assertThat(results.values()).allMatch(MessageBatchResult::isSucceeded);
    }

    @Test
    void theListPagesFromNewToOldAndBack() {
        var mine = newestFirst(5);

        assertThat(page(query -> query.limit(2))).isEqualTo(new Page(mine.subList(0, 2), true));
        assertThat(page(query -> query.limit(2).afterId(mine.get(1))).ids())
                .isEqualTo(mine.subList(2, 4));
        assertThat(page(query -> query.limit(2).beforeId(mine.get(4))))
                .isEqualTo(new Page(mine.subList(2, 4), true));
        assertThat(page(query -> query.limit(2).beforeId(mine.get(2))))
                .isEqualTo(new Page(mine.subList(0, 2), false));
        assertThat(page(query -> query.beforeId(mine.get(0))))
                .isEqualTo(new Page(List.of(), false));
    }

    @Test
    void automaticPagingSeesEveryBatchOnceInBothDirections() {
        var mine = newestFirst(5);

        var everything = all(query -> query.limit(3));

        assertThat(everything).doesNotHaveDuplicates().startsWith(mine.toArray(String[]::new));
        assertThat(all(query -> query.limit(2).afterId(mine.getFirst())))
                .isEqualTo(everything.subList(1, everything.size()));
        assertThat(all(query -> query.limit(2).beforeId(mine.getLast())))
                .containsExactlyInAnyOrderElementsOf(mine.subList(0, 4));
    }

    @Test
    void cancellingTwiceGivesTheSameBatch() {
        var id = create(requests(LONG_BATCH, "canceled")).id();

        var first = batches().cancel(id);
        assertThat(first.processingStatus()).isEqualTo(ProcessingStatus.CANCELING);
        assertThat(first.cancelInitiatedAt()).isPresent();
        try {
            assertThat(batches().cancel(id).cancelInitiatedAt())
                    .isEqualTo(first.cancelInitiatedAt());
        } catch (BadRequestException _) {
            // The last request in flight was quicker than we; then the refusal is right.
            assertThat(batches().retrieve(id).processingStatus()).isEqualTo(ProcessingStatus.ENDED);
        }

        var ended = untilEnded(id);
        assertThat(ended.cancelInitiatedAt()).isEqualTo(first.cancelInitiatedAt());
        var results = resultsById(id);
        assertThat(results).hasSize(LONG_BATCH);
        assertThat(results.values().stream().filter(MessageBatchResult::isCanceled).count())
                .isPositive()
                .isEqualTo(ended.requestCounts().canceled());
    }

    @Test
    void anEndedBatchCannotBeCanceled() {
        var id = untilEnded(create(requests(1, "request")).id()).id();

        refused(
                BadRequestException.class,
                ErrorType.INVALID_REQUEST_ERROR,
                () -> batches().cancel(id));

        assertThat(batches().retrieve(id).cancelInitiatedAt()).isEmpty();
    }

    @Test
    void aRunningBatchCannotBeDeletedAnEndedOneCan() {
        var id = create(requests(LONG_BATCH, "deleted")).id();
        refused(
                BadRequestException.class,
                ErrorType.INVALID_REQUEST_ERROR,
                () -> batches().delete(id));
        batches().cancel(id);
        untilEnded(id);

        assertThat(batches().delete(id).validate().id()).isEqualTo(id);

        refused(NotFoundException.class, ErrorType.NOT_FOUND_ERROR, () -> batches().retrieve(id));
        refused(NotFoundException.class, ErrorType.NOT_FOUND_ERROR, () -> batches().delete(id));
    }

    @Test
    void theResultsOfARunningBatchAreNotFound() {
        var id = create(requests(LONG_BATCH, "early")).id();

        var message =
                refused(NotFoundException.class, ErrorType.NOT_FOUND_ERROR, () -> resultsById(id));

        assertThat(message).contains("in_progress");
        batches().cancel(id);
        untilEnded(id);
    }

    @Test
    void anUnknownBatchIsNotFound() {
        refused(
                NotFoundException.class,
                ErrorType.NOT_FOUND_ERROR,
                () -> batches().retrieve(UNKNOWN_BATCH));
        refused(
                NotFoundException.class,
                ErrorType.NOT_FOUND_ERROR,
                () -> batches().cancel(UNKNOWN_BATCH));
        refused(
                NotFoundException.class,
                ErrorType.NOT_FOUND_ERROR,
                () -> batches().delete(UNKNOWN_BATCH));
        refused(
                NotFoundException.class,
                ErrorType.NOT_FOUND_ERROR,
                () -> resultsById(UNKNOWN_BATCH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "has space", "dots.are.out", "slash/ed", "ünicode"})
    void aBadCustomIdIsNamedByItsPlace(String customId) {
        var items = List.of(request("good", "Hello."), request(customId, "Hello."));

        assertThat(refusedBatch(items)).contains("requests.1.custom_id");
    }

    @Test
    void aCustomIdOfMoreThan64CharactersIsNamedByItsPlace() {
        assertThat(refusedBatch(List.of(request("x".repeat(65), "Hello."))))
                .contains("requests.0.custom_id");
        assertThat(create(List.of(request("x".repeat(64), "Hello."))).id()).startsWith("msgbatch_");
    }

    @Test
    void aRepeatedCustomIdIsNamed() {
        assertThat(
                        refusedBatch(
                                List.of(
                                        request("twin", "One."),
                                        request("other", "Two."),
                                        request("twin", "Three."))))
                .contains("twin");
    }

    @Test
    void aBatchNeedsARequest() {
        assertThat(refusedBatch(List.of())).contains("requests");
    }

    @Test
    void badParamsBecomeTheErroredResultOfThatRequestOnly() {
        var bad =
                BatchCreateParams.Request.builder()
                        .customId("bad")
                        .params(params("Hello.").toBuilder().maxTokens(0).build())
                        .build();

        var batch = untilEnded(create(List.of(request("good", "Hello."), bad)).id());

        assertThat(batch.requestCounts().succeeded()).isEqualTo(1);
        assertThat(batch.requestCounts().errored()).isEqualTo(1);
        var results = resultsById(batch.id());
        assertThat(results)
                .hasEntrySatisfying("good", result -> assertThat(result.isSucceeded()).isTrue());
        assertThat(results)
                .hasEntrySatisfying(
                        "bad",
                        result -> {
                            var error = result.asErrored().error();
                            assertThat(error.error().isInvalidRequestError()).isTrue();
                            assertThat(error.error().message()).contains("max_tokens");
                        });
    }

    @Test
    void anyTextTravelsAndEveryRowStaysOneLine() {
        var texts =
                List.of(
                        "👩‍👩‍👧‍👦 says 🎉",
                        "a\u2028b\u2029c\u0085d",
                        "שלום مرحبا",
                        "\"quoted\" \\ </script>",
                        "night mail ".repeat(40_000));
        var items =
                IntStream.range(0, texts.size())
                        .mapToObj(i -> request("text-" + i, texts.get(i)))
                        .toList();

        var batch = untilEnded(create(items).id());

        assertThat(batch.requestCounts().succeeded()).isEqualTo(texts.size());
        assertThat(resultsById(batch.id())).hasSize(texts.size());
    }

    @Test
    void theBetaNamespaceLeadsToTheSameBatches() {
        var beta = client.beta().messages().batches();
        var request =
                com.anthropic.models.beta.messages.batches.BatchCreateParams.Request.builder()
                        .customId("through-beta")
                        .params(
                                com.anthropic.models.beta.messages.batches.BatchCreateParams.Request
                                        .Params.builder()
                                        .model("claude-haiku-4-5")
                                        .maxTokens(64)
                                        .addUserMessage("Hello.")
                                        .build())
                        .build();

        var created =
                beta.create(
                        com.anthropic.models.beta.messages.batches.BatchCreateParams.builder()
                                .addRequest(request)
                                .addBeta("nightmail-unheard-of-2031-01-01")
                                .build());

        assertThat(beta.list().data().getFirst().id()).isEqualTo(created.id());
        assertThat(untilEnded(created.id()).requestCounts().succeeded()).isEqualTo(1);
        try (var results = beta.resultsStreaming(created.id())) {
            assertThat(results.stream())
                    .singleElement()
                    .satisfies(row -> {
                        assertThat(row.customId()).isEqualTo("through-beta");
                        assertThat(row.result().isSucceeded()).isTrue();
                    });
        }
        assertThat(beta.delete(created.id()).id()).isEqualTo(created.id());
        refused(
                NotFoundException.class,
                ErrorType.NOT_FOUND_ERROR,
                () -> beta.retrieve(created.id()));
    }

    @Test
    void theAsynchronousClientSeesTheSame() throws Exception {
        var async = AnthropicOkHttpClientAsync.builder().baseUrl(baseUrl).apiKey("any-key").build();
        try {
            var batches = async.messages().batches();
            var created =
                    batches.create(
                                    BatchCreateParams.builder()
                                            .requests(requests(100, "async"))
                                            .build())
                            .get(30, TimeUnit.SECONDS);
            untilEnded(created.id());

            Map<String, Boolean> found = new ConcurrentHashMap<>();
            var results = batches.resultsStreaming(created.id());
            results.subscribe(row -> found.put(row.customId(), row.result().isSucceeded()));
            results.onCompleteFuture().get(30, TimeUnit.SECONDS);

            assertThat(found)
                    .hasSize(100)
                    .allSatisfy((id, succeeded) -> {
                        assertThat(id).startsWith("async-");
                        assertThat(succeeded).isTrue();
                    });
        } finally {
            async.close();
        }
    }

    @Test
    void aMessageIsAnswered() {
        var message = client.messages().create(message("Say hello.")).validate();

        assertThat(message.id()).startsWith("msg_");
        assertThat(message.model()).isEqualTo(MODEL);
        assertThat(message.content().getFirst().asText().text()).isNotBlank();
        assertThat(message.stopReason()).isPresent();
        assertThat(message.usage().outputTokens()).isPositive();
    }

    @Test
    void aStreamedMessageHasItsEventsInOrderAndMakesAMessage() {
        var whole = MessageAccumulator.create();
        List<RawMessageStreamEvent> events = new ArrayList<>();
        try (var stream =
                client.messages().createStreaming(message("Count to ten, with emoji: 🔟."))) {
            stream.stream().map(whole::accumulate).forEach(events::add);
        }

        assertThat(events.getFirst().isMessageStart()).isTrue();
        assertThat(events.get(events.size() - 2).isMessageDelta()).isTrue();
        assertThat(events.getLast().isMessageStop()).isTrue();
        var pieces =
                events.stream()
                        .flatMap(event -> event.contentBlockDelta().stream())
                        .map(event -> event.delta().asText().text())
                        .reduce("", String::concat);
        assertThat(pieces).isNotBlank();
        assertThat(whole.message().content().getFirst().asText().text()).isEqualTo(pieces);
        assertThat(whole.message().usage().outputTokens()).isPositive();
    }

    @Test
    void tokensAreCountedAndGrowWithTheText() {
        assertThat(tokens("hello")).isPositive();
        assertThat(tokens("hello ".repeat(1_000))).isGreaterThan(tokens("hello"));
    }

    @Test
    void modelsAreListedAndFound() {
        var ids =
                client
                        .models()
                        .list(ModelListParams.builder().limit(1).build())
                        .autoPager()
                        .stream()
                        .map(ModelInfo::validate)
                        .map(ModelInfo::id)
                        .toList();

        assertThat(ids).isNotEmpty().doesNotHaveDuplicates();
        assertThat(client.models().retrieve(ids.getFirst()).id()).isEqualTo(ids.getFirst());
        refused(
                NotFoundException.class,
                ErrorType.NOT_FOUND_ERROR,
                () -> client.models().retrieve("no-such-model-anywhere"));
    }

    @Test
    void aBadMessageIsRefusedAtOnce() {
        var bad = message("Hello.").toBuilder().maxTokens(-1).build();

        var message =
                refused(
                        BadRequestException.class,
                        ErrorType.INVALID_REQUEST_ERROR,
                        () -> client.messages().create(bad));

        assertThat(message).contains("max_tokens");
    }

    @Test
    void anUnknownFieldOfNextYearIsNoError() {
        var params =
                params("Hello.").toBuilder()
                        .putAdditionalProperty(
                                "invented_in_2031",
                                JsonValue.from(Map.of("deep", List.of(1, 2, 3))))
                        .build();
        var item = BatchCreateParams.Request.builder().customId("future").params(params).build();

        assertThat(untilEnded(create(List.of(item)).id()).requestCounts().succeeded()).isEqualTo(1);
    }

    private record Page(List<String> ids, boolean hasMore) {}

    private static BatchService batches() {
        return client.messages().batches();
    }

    private static BatchCreateParams.Request.Params params(String text) {
        return BatchCreateParams.Request.Params.builder()
                .model(MODEL)
                .maxTokens(64)
                .addUserMessage(text)
                .build();
    }

    private static BatchCreateParams.Request request(String customId, String text) {
        return BatchCreateParams.Request.builder().customId(customId).params(params(text)).build();
    }

    private static List<BatchCreateParams.Request> requests(int count, String prefix) {
        return IntStream.range(0, count)
                .mapToObj(i -> request(prefix + "-" + i, "Name the number " + i + "."))
                .toList();
    }

    private static MessageCreateParams message(String text) {
        return MessageCreateParams.builder()
                .model(MODEL)
                .maxTokens(64)
                .addUserMessage(text)
                .build();
    }

    private static long tokens(String text) {
        return client.messages()
                .countTokens(
                        MessageCountTokensParams.builder()
                                .model(MODEL)
                                .addUserMessage(text)
                                .build())
                .inputTokens();
    }

    private static MessageBatch create(List<BatchCreateParams.Request> items) {
        return batches().create(BatchCreateParams.builder().requests(items).build());
    }

    private static List<String> newestFirst(int count) {
        return Stream.generate(() -> create(requests(1, "listed")).id())
                .limit(count)
                .toList()
                .reversed();
    }

    private static Page page(Consumer<BatchListParams.Builder> query) {
        var page = list(query);
        return new Page(
                page.data().stream().map(MessageBatch::id).toList(), page.hasMore().orElseThrow());
    }

    private static List<String> all(Consumer<BatchListParams.Builder> query) {
        return list(query).autoPager().stream().map(MessageBatch::id).toList();
    }

    private static BatchListPage list(Consumer<BatchListParams.Builder> query) {
        var params = BatchListParams.builder();
        query.accept(params);
        return batches().list(params.build());
    }

    private static MessageBatch untilEnded(String id) {
        return await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> batches().retrieve(id),
                        batch -> batch.processingStatus().equals(ProcessingStatus.ENDED));
    }

    /** All results by their custom_id; a second result for an id is a failure of its own. */
    private static Map<String, MessageBatchResult> resultsById(String id) {
        Map<String, MessageBatchResult> found = new LinkedHashMap<>();
        try (var results = batches().resultsStreaming(id)) {
            results.stream()
                    .forEach(row ->
                            assertThat(found.put(row.customId(), row.result()))
                                    .as(row.customId())
                                    .isNull());
        }
        return Collections.unmodifiableMap(found);
    }

    private static long total(MessageBatchRequestCounts counts) {
        return counts.processing()
                + counts.succeeded()
                + counts.errored()
                + counts.canceled()
                + counts.expired();
    }

    private static String refusedBatch(List<BatchCreateParams.Request> items) {
        return refused(
                BadRequestException.class, ErrorType.INVALID_REQUEST_ERROR, () -> create(items));
    }

    /**
     * The refusal a call must meet: of the SDK's class, with the wire's error in it. Gives the
     * server's message.
     */
    private static String refused(
            Class<? extends AnthropicServiceException> kind, ErrorType type, Runnable call) {
        var refusal = catchThrowableOfType(kind, call::run);
        assertThat(refusal).isNotNull();
        assertThat(refusal.type()).contains(type);
        assertThat(refusal.requestId()).hasValueSatisfying(id -> assertThat(id).startsWith("req_"));
        return refusal.apiMessage().orElseThrow();
    }
}
