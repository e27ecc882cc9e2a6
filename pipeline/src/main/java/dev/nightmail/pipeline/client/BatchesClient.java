package dev.nightmail.pipeline.client;

import dev.nightmail.wire.json.BatchReading;
import dev.nightmail.wire.json.CreateReading;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The Message Batches API of one endpoint. Safe for use by several threads; close it to free its
 * connections.
 *
 * <p>Calls that change nothing are repeated with growing pauses after a broken connection, 408,
 * 409, 429 and every 5xx; {@code retry-after} and {@code x-should-retry} are obeyed. Cancel and
 * delete are repeated too: doing them twice does nothing more. Create is special, see {@link
 * #create}.
 *
 * <p>It sends the key as {@code x-api-key} and {@code anthropic-version: 2023-06-01}, which every
 * server of this API understands, unless {@link CallTerms} say otherwise. It follows no redirects,
 * since they would carry the key to another host.
 */
public final class BatchesClient implements BatchesApi {

    /** Most batches of one page (wire contract, section 1.3). */
    public static final int PAGE_MAX = 1000;

    private static final int RESUMPTIONS_MAX = 8;
    private static final int MODEL_BYTES_MAX = 1024 * 1024;

    /** The simulator says of every exchange that it is one. */
    private static final String SIMULATED_REQUEST = "req_sim_";

    private static final String BATCHES = "/v1/messages/batches";

    private final Endpoint endpoint;
    private final Calls calls;

    public BatchesClient(
            Endpoint endpoint,
            ClientLimits limits,
            InstantSource clock,
            Pause pause,
            RandomGenerator random) {
        this(endpoint, limits, clock, pause, random, _ -> {});
    }

    /**
     * @param retrying told why, when a call is about to be repeated for the first time: whoever
     *     waits would else take the pauses for a standstill
     */
    public BatchesClient(
            Endpoint endpoint,
            ClientLimits limits,
            InstantSource clock,
            Pause pause,
            RandomGenerator random,
            Consumer<String> retrying) {
        this.endpoint = endpoint;
        this.calls = new Calls(endpoint, limits, clock, pause, random, retrying);
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    /**
     * Whether a create sent twice with one {@code Idempotency-Key} makes one batch. A Nightmail
     * server says so with every answer; it is asked for one if there was none yet.
     *
     * @throws EndpointException if it does not answer
     */
    @Override
    public boolean honoursIdempotencyKeys() throws InterruptedException {
        if (endpoint.honoursIdempotencyKeys()) {
            return true;
        }
        if (endpoint.isAnthropic()) {
            return false;
        }
        if (calls.honours(Extension.IDEMPOTENCY_KEY) == null) {
            list(1, null);
        }
        return offers(Extension.IDEMPOTENCY_KEY);
    }

    /** Whether the server said with its last answer that it does so. */
    @Override
    public boolean offers(Extension extension) {
        return Boolean.TRUE.equals(calls.honours(extension));
    }

    /**
     * Submits a batch.
     *
     * <p>What the answer to a call says is judged by {@link CreateReading}. It is sent again only
     * when that cannot make a second batch: if the call never left, if the service said in its own
     * words that it took nothing, or in every case where it honours {@code Idempotency-Key}.
     *
     * @param body {@code {"requests":[…]}}
     * @param idempotencyKey the same for every try of the same batch, fresh for another
     * @throws AnswerLostException if the batch may exist although no answer says so
     * @throws RefusedException if the endpoint refused it; no batch was made
     * @throws UnreachableException if no connection stood; no batch was made
     */
    @Override
    public BatchSnapshot create(RequestBody body, String idempotencyKey, CallTerms terms)
            throws InterruptedException {
        var request =
                calls.request(BATCHES, terms)
                        .header("content-type", "application/json")
                        .header("idempotency-key", idempotencyKey)
                        .POST(
                                BodyPublishers.fromPublisher(
                                        BodyPublishers.ofInputStream(() -> open(body)),
                                        body.bytes()))
                        .build();
        var repeat =
                honoursIdempotencyKeys()
                        ? Calls.Repeat.WITH_THE_SAME_KEY
                        : Calls.Repeat.ONLY_IF_NOTHING_WAS_TAKEN;
        try {
            var answer = calls.answer("creating a batch", request, repeat);
            if (BatchReading.batch(answer).isPresent()) {
                return BatchSnapshot.parse("creating a batch", answer);
            }
        } catch (BrokenAnswerException e) {
            throw noBatch(e);
        }
        throw noBatch(null);
    }

    /** A success in other words than the service's: a proxy's page, or half an answer. */
    private static AnswerLostException noBatch(@Nullable BrokenAnswerException cause) {
        return new AnswerLostException(
                "creating a batch was answered with something that is no message batch, so it may exist",
                cause);
    }

    /** The same, with nothing that not every request is asked with. */
    public BatchSnapshot create(RequestBody body, String idempotencyKey)
            throws InterruptedException {
        return create(body, idempotencyKey, CallTerms.STANDARD);
    }

    @Override
    public BatchSnapshot retrieve(String batchId) throws InterruptedException {
        var operation = "asking for batch " + batchId;
        return BatchSnapshot.parse(
                operation,
                calls.answer(
                        operation,
                        calls.request(path(batchId)).GET().build(),
                        Calls.Repeat.ALWAYS));
    }

    /**
     * One page of batches, newest first. What is a page, and whether there are more, is told as
     * {@link BatchReading#page} tells it: an entry that lacks something hides no other, and where
     * it is not said whether there are more, the next page says so.
     *
     * @param limit 1 to {@link #PAGE_MAX}
     * @param after the {@link BatchPage#next} of the page before, null for the first
     */
    @Override
    public BatchPage list(int limit, @Nullable String after) throws InterruptedException {
        var query = "?limit=" + limit + (after == null ? "" : "&after_id=" + encoded(after));
        var json =
                calls.answer(
                        "listing batches",
                        calls.request(BATCHES + query).GET().build(),
                        Calls.Repeat.ALWAYS);
        var page = object("listing batches", json);
        var entries = page.path("data");
        if (!entries.isArray()) {
            throw new BrokenAnswerException(
                    "listing batches was answered with something that is no page of batches", null);
        }
        var batches =
                entries.valueStream().map(BatchSnapshot::of).flatMap(Optional::stream).toList();
        boolean unreadable = batches.size() < entries.size();
        var last = batches.isEmpty() ? null : batches.getLast().id();
        boolean more = page.path("has_more").booleanValue(last != null);
        if (more && (last == null || last.equals(after))) {
            // Nothing, or what stood on the page before: it would go on so for ever.
            return new BatchPage(List.of(), null, true);
        }
        return new BatchPage(batches, more ? last : null, unreadable);
    }

    public BatchSnapshot cancel(String batchId) throws InterruptedException {
        var operation = "canceling batch " + batchId;
        var request =
                calls.request(path(batchId) + "/cancel").POST(BodyPublishers.noBody()).build();
        return BatchSnapshot.parse(
                operation, calls.answer(operation, request, Calls.Repeat.ALWAYS));
    }

    /** Deletes an ended batch and its results for good. */
    public void delete(String batchId) throws InterruptedException {
        var request = calls.request(path(batchId)).DELETE().build();
        calls.answer("deleting batch " + batchId, request, Calls.Repeat.ALWAYS);
    }

    /** The results of an ended batch. */
    @Override
    public ResultStream results(String batchId) throws InterruptedException {
        return new ResultStream(
                (offset, entityTag) -> openResults(batchId, offset, entityTag), RESUMPTIONS_MAX);
    }

    /**
     * What has settled of a batch that may still run. Only where {@link Extension#PARTIAL_RESULTS}
     * is offered.
     *
     * @param offset of the first byte that is wanted
     * @param wait how long the server may wait for something to come, in whole seconds, if there is
     *     nothing from there on
     */
    public ResultsPart resultsFrom(String batchId, long offset, Duration wait)
            throws InterruptedException {
        var operation = "reading what has settled of " + batchId;
        var query = "/results?from=" + offset + "&wait=" + wait.toSeconds();
        var request =
                calls.request(extensions(batchId) + query)
                        .header("accept", "application/x-jsonl")
                        .GET()
                        .build();
        var answer = calls.stream(operation, request, Calls.Repeat.ALWAYS);
        var next = answer.headers().firstValue("nightmail-next-offset").flatMap(Calls::wholeNumber);
        var status = answer.headers().firstValue("nightmail-processing-status");
        if (next.isEmpty() || status.isEmpty()) {
            close(answer.body());
            throw new BrokenAnswerException(
                    operation + " was answered without saying how far it goes", null);
        }
        return new ResultsPart(
                answer.body(), next.get(), BatchStatus.ofWire(status.get()) == BatchStatus.ENDED);
    }

    /** How a batch gets on. Only where {@link Extension#EVENTS} are offered. */
    public BatchEvents events(String batchId) throws InterruptedException {
        var request =
                calls.request(extensions(batchId) + "/events")
                        .header("accept", "text/event-stream")
                        .GET()
                        .build();
        return new BatchEvents(
                calls.stream("following batch " + batchId, request, Calls.Repeat.ALWAYS).body());
    }

    /**
     * How the upstreams of a Nightmail server stand, each as the server describes it.
     *
     * @throws RefusedException with status 404 if it is none
     */
    @Override
    public List<JsonNode> upstreams() throws InterruptedException {
        var operation = "asking for upstreams";
        var answer =
                calls.answer(
                        operation,
                        calls.request("/nightmail/v1/upstreams").GET().build(),
                        Calls.Repeat.ALWAYS);
        try {
            return List.copyOf(AnswerJson.of(answer).required("data").values());
        } catch (JacksonException | IllegalArgumentException e) {
            throw new BrokenAnswerException(
                    operation + " was answered with something that is no list of upstreams", e);
        }
    }

    /**
     * Has an upstream of a Nightmail server be given batches again.
     *
     * @throws RefusedException with status 404 if there is none of that name
     */
    public void resumeUpstream(String name) throws InterruptedException {
        var request =
                calls.request("/nightmail/v1/upstreams/" + encoded(name) + "/resume")
                        .POST(BodyPublishers.noBody())
                        .build();
        calls.answer("resuming upstream " + name, request, Calls.Repeat.ALWAYS);
    }

    /**
     * Input tokens of a request as the endpoint counts them; free of charge.
     *
     * @param request a JSON object with model, messages and what else counts, without {@code
     *     max_tokens}
     */
    @Override
    public long countTokens(byte[] request, CallTerms terms) throws InterruptedException {
        var call =
                calls.request("/v1/messages/count_tokens", terms)
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofByteArray(request))
                        .build();
        var answer =
                object(
                        "counting tokens",
                        calls.answer("counting tokens", call, Calls.Repeat.ALWAYS));
        try {
            return answer.required("input_tokens").asLong();
        } catch (JacksonException | IllegalArgumentException e) {
            throw new BrokenAnswerException("counting tokens was answered without input_tokens", e);
        }
    }

    /**
     * What the endpoint says of a model; free of charge.
     *
     * @return empty if it does not know the model, or does not tell of models
     * @throws BrokenAnswerException if it is no endpoint of this API that answers
     */
    @Override
    public Optional<ModelSeen> model(String id, CallTerms terms) throws InterruptedException {
        var operation = "asking for model " + id;
        try {
            var answer =
                    calls.stream(
                            operation,
                            calls.request("/v1/models/" + encoded(id), terms).GET().build(),
                            Calls.Repeat.ALWAYS);
            try (var body = answer.body()) {
                var json = object(operation, body.readNBytes(MODEL_BYTES_MAX));
                return Optional.of(
                        new ModelSeen(
                                whole(json, "max_tokens"),
                                whole(json, "max_input_tokens"),
                                answer.headers()
                                        .firstValue("request-id")
                                        .orElse("")
                                        .startsWith(SIMULATED_REQUEST),
                                billing(json)));
            }
        } catch (RefusedException e) {
            if (e.status() == 404 || e.status() == 405) {
                return Optional.empty();
            }
            throw e;
        } catch (IOException e) {
            throw new UnreachableException(
                    operation + " failed: " + endpoint.base() + " broke the connection", e);
        }
    }

    private static @Nullable Integer whole(JsonNode json, String name) {
        var value = json.path(name);
        return value.isIntegralNumber() ? value.asInt(0) : null;
    }

    /** What a Nightmail server says besides; a word of any kind is a word. */
    private static @Nullable String billing(JsonNode model) {
        var told = model.path("nightmail").path("billing");
        if (told.isMissingNode() || told.isNull()) {
            return null;
        }
        return told.isString() ? told.asString() : told.toString();
    }

    private JsonNode object(String operation, byte[] answer) {
        try {
            var json = AnswerJson.of(answer);
            if (json.isObject()) {
                return json;
            }
        } catch (JacksonException e) {
            throw BrokenAnswerException.page(operation, endpoint.base(), e);
        }
        throw BrokenAnswerException.page(operation, endpoint.base(), null);
    }

    @Override
    public void close() {
        calls.close();
    }

    private ResultStream.Opened openResults(String batchId, long offset, @Nullable String entityTag)
            throws InterruptedException {
        var request =
                calls.request(path(batchId) + "/results")
                        .header("accept", "application/x-jsonl")
                        .GET();
        if (offset > 0 && entityTag != null) {
            // Without an entity tag the rest might belong to another body; then the whole is read
            // again and compared.
            request.header("range", "bytes=" + offset + "-").header("if-range", entityTag);
        }
        var response =
                calls.stream(
                        "downloading the results of " + batchId,
                        request.build(),
                        Calls.Repeat.ALWAYS);
        var start = response.status() == 206 && startsAt(response, offset) ? offset : 0;
        if (response.status() == 206 && start != offset) {
            close(response.body());
            throw new BrokenAnswerException(
                    "downloading the results of "
                            + batchId
                            + " was answered with another range than asked for",
                    null);
        }
        return new ResultStream.Opened(
                response.body(), start, response.headers().firstValue("etag").orElse(null));
    }

    private static boolean startsAt(Calls.Answer response, long offset) {
        return response.headers()
                .firstValue("content-range")
                .map(range -> range.startsWith("bytes " + offset + "-"))
                .orElse(false);
    }

    private static String path(String batchId) {
        return BATCHES + "/" + encoded(batchId);
    }

    /** Where a Nightmail server has what is beyond the API. */
    private static String extensions(String batchId) {
        return "/nightmail/v1/batches/" + encoded(batchId);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static InputStream open(RequestBody body) {
        try {
            return body.open();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the body to send", e);
        }
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException _) {
            // The answer is not wanted.
        }
    }
}
