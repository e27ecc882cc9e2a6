package dev.nightmail.pipeline.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Message Batches server in memory. Its batches end after a number of polls; each request is
 * answered by a function of the test. Faults are ordered beforehand and happen once each.
 */
public final class FakeBatches implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Gives one request its result: the {@code result} object of the wire. */
    public interface Answering {
        ObjectNode answer(String customId, JsonNode params, int timesAskedBefore);
    }

    /** A batch the server has accepted. */
    public static final class Accepted {
        public final String id;
        public final String idempotencyKey;
        public final List<String> customIds = new ArrayList<>();
        public final List<JsonNode> params = new ArrayList<>();
        final Instant createdAt;
        byte[] results = new byte[0];
        int pollsLeft;

        Accepted(String id, String idempotencyKey, Instant createdAt) {
            this.id = id;
            this.idempotencyKey = idempotencyKey;
            this.createdAt = createdAt;
        }
    }

    /**
     * The headers that say on which terms a call was made; a beta header that is not there is
     * empty.
     */
    public record Terms(String call, String version, String betas) {}

    private volatile String refusedCount = "";
    private volatile String refusedCountWords = "";
    private volatile int modelTokensMax;
    private final Map<String, Foreign> standIns = new ConcurrentHashMap<>();
    private final Server server = new Server();
    private final ServerConnector connector;
    private final List<Accepted> batches = new ArrayList<>();
    private final Map<String, Integer> asked = new HashMap<>();
    private final List<String> callsSeen = new ArrayList<>();
    private final List<Terms> termsSeen = new ArrayList<>();
    private Answering answering = (customId, params, before) -> message("answer to " + customId);
    private boolean honoursIdempotencyKeys = true;
    private boolean saysWhatItHonours;
    private boolean countsTokens = true;
    private String addedToResults = "";
    private int idsGiven;
    private int pollsUntilEnd = 1;
    private int pollsMoreForEach;
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");

    /** How many of the next creates are accepted without the client getting to know. */
    public final AtomicInteger loseCreateAnswers = new AtomicInteger();

    /** What the next creates are answered with though they are accepted. */
    public final Queue<Foreign> createAnswers = new ConcurrentLinkedQueue<>();

    /** What the next downloads get in place of results. */
    public final Queue<Foreign> resultsAnswers = new ConcurrentLinkedQueue<>();

    /** What the next look-ups of a batch get. */
    public final Queue<Foreign> lookUpAnswers = new ConcurrentLinkedQueue<>();

    /** How many of the next downloads lack their first line. */
    public final AtomicInteger shortenResults = new AtomicInteger();

    /** The words of a refusal. */
    public final AtomicReference<String> refusalMessage = new AtomicReference<>("because");

    /** An answer in somebody else's words. */
    public record Foreign(int status, String contentType, String body) {
        public static Foreign page(int status) {
            return new Foreign(
                    status, "text/html", "<html>\n<body>Please sign in</body>\n</html>\n");
        }
    }

    /** How many of the next creates are dropped before they are accepted. */
    public final AtomicInteger dropCreates = new AtomicInteger();

    /** Status the next create is refused with; 0: none. */
    public final AtomicInteger refuseCreate = new AtomicInteger();

    /** How many of the next creates answer 500, taking nothing. */
    public final AtomicInteger failCreates = new AtomicInteger();

    /** How many of the next creates answer 529. */
    public final AtomicInteger overloadCreates = new AtomicInteger();

    /** With so many batches running, creates answer 429. */
    public final AtomicInteger runningMax = new AtomicInteger(Integer.MAX_VALUE);

    /** The {@code retry-after} of every error; empty: none. */
    public final AtomicReference<String> retryAfter = new AtomicReference<>("");

    /** How many of the next batch look-ups answer 500. */
    public final AtomicInteger failLookUps = new AtomicInteger();

    /** After how many bytes each of the next downloads breaks off; 0: not. */
    public final AtomicLong cutResultsAfterBytes = new AtomicLong();

    public final AtomicInteger cutDownloads = new AtomicInteger();
    private boolean servesRanges = true;

    public FakeBatches() {
        connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(0);
        server.addConnector(connector);
        server.setHandler(
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback)
                            throws Exception {
                        synchronized (FakeBatches.this) {
                            if (saysWhatItHonours) {
                                response.getHeaders().put("nightmail-honours", "idempotency-key");
                            }
                            FakeBatches.this.handle(request, response, callback);
                        }
                        return true;
                    }
                });
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("the test's server does not start", e);
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    public synchronized FakeBatches answering(Answering answering) {
        this.answering = answering;
        return this;
    }

    public synchronized FakeBatches ignoringIdempotencyKeys() {
        honoursIdempotencyKeys = false;
        return this;
    }

    public synchronized FakeBatches sayingWhatItHonours() {
        saysWhatItHonours = true;
        return this;
    }

    public synchronized FakeBatches withoutRanges() {
        servesRanges = false;
        return this;
    }

    public synchronized FakeBatches withoutTokenCounting() {
        countsTokens = false;
        return this;
    }

    /** Lines that stand among the results of every batch. */
    public synchronized FakeBatches addingToResults(String lines) {
        addedToResults = lines;
        return this;
    }

    public synchronized FakeBatches endingAfterPolls(int polls) {
        pollsUntilEnd = polls;
        return this;
    }

    /** Each batch ends some polls after the one before, so that what is done with that is done. */
    public synchronized FakeBatches endingOneAfterTheOther() {
        pollsMoreForEach = 3;
        return this;
    }

    public synchronized List<Accepted> batches() {
        return List.copyOf(batches);
    }

    public synchronized List<String> calls() {
        return List.copyOf(callsSeen);
    }

    /** On which terms calls were made that begin so. */
    public synchronized List<Terms> terms(String callStart) {
        return termsSeen.stream().filter(seen -> seen.call().startsWith(callStart)).toList();
    }

    /** How often a request with this id was accepted. */
    public synchronized int timesAsked(String customId) {
        return asked.getOrDefault(customId, 0);
    }

    public synchronized int requestsAccepted() {
        return asked.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Takes a batch that nobody asked this test's pipeline for. */
    public synchronized void acceptForeign(List<String> customIds) {
        var body = JSON.createObjectNode();
        var requests = body.putArray("requests");
        customIds.forEach(id -> requests.addObject().put("custom_id", id).putObject("params"));
        accept(body, "foreign");
    }

    public synchronized void forget(String batchId) {
        batches.removeIf(batch -> batch.id.equals(batchId));
    }

    public static ObjectNode message(String text) {
        return message(text, "end_turn");
    }

    public static ObjectNode message(String text, String stopReason) {
        var result = JSON.createObjectNode().put("type", "succeeded");
        var message =
                result.putObject("message")
                        .put("id", "msg_1")
                        .put("type", "message")
                        .put("role", "assistant");
        message.put("model", "claude-haiku-4-5").put("stop_reason", stopReason);
        message.putArray("content").addObject().put("type", "text").put("text", text);
        message.putObject("usage").put("input_tokens", 100).put("output_tokens", 10);
        return result;
    }

    public static ObjectNode error(String type) {
        var result = JSON.createObjectNode().put("type", "errored");
        result.putObject("error")
                .put("type", "error")
                .putObject("error")
                .put("type", type)
                .put("message", "because");
        return result;
    }

    public static ObjectNode error(String type, String message) {
        var result = error(type);
        ((ObjectNode) result.path("error").path("error")).put("message", message);
        return result;
    }

    public static ObjectNode bare(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    /** Counting tokens is refused in these words from now on. */
    public FakeBatches refusingToCount(String type, String words) {
        refusedCount = type;
        refusedCountWords = words;
        return this;
    }

    /** Calls that begin so, as in {@code GET /v1/models/}, get this answer from now on. */
    public FakeBatches answering(String callStart, Foreign answer) {
        standIns.put(callStart, answer);
        return this;
    }

    /** It tells of models, and that each writes so much at most. */
    public FakeBatches whoseModelsWrite(int tokensMax) {
        modelTokensMax = tokensMax;
        return this;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("the test's server does not stop", e);
        }
    }

    private void handle(Request request, Response response, Callback callback) throws IOException {
        var path = request.getHttpURI().getPath();
        var method = request.getMethod();
        callsSeen.add(method + " " + path);
        termsSeen.add(
                new Terms(
                        method + " " + path,
                        String.valueOf(request.getHeaders().get("anthropic-version")),
                        Objects.requireNonNullElse(
                                request.getHeaders().get("anthropic-beta"), "")));
        for (var standIn : standIns.entrySet()) {
            if ((method + " " + path).startsWith(standIn.getKey())) {
                Content.Source.consumeAll(request);
                sendForeign(new ArrayDeque<>(List.of(standIn.getValue())), response, callback);
                return;
            }
        }
        if (method.equals("POST") && path.equals("/v1/messages/batches")) {
            create(request, response, callback);
        } else if (method.equals("POST") && path.equals("/v1/messages/count_tokens")) {
            countTokens(request, response, callback);
        } else if (method.equals("GET") && path.startsWith("/v1/models/") && modelTokensMax > 0) {
            send(JSON.createObjectNode().put("max_tokens", modelTokensMax), response, callback);
        } else if (method.equals("GET") && path.equals("/v1/messages/batches")) {
            list(response, callback);
        } else if (method.equals("GET") && path.endsWith("/results")) {
            results(idIn(path), request, response, callback);
        } else if (method.equals("GET")) {
            lookUp(idIn(path), response, callback);
        } else {
            sendError(404, "not_found_error", response, callback);
        }
    }

    private void create(Request request, Response response, Callback callback) throws IOException {
        var body = JSON.readTree(Content.Source.asInputStream(request));
        if (dropCreates.get() > 0) {
            dropCreates.decrementAndGet();
            hangUp(request);
            return;
        }
        if (refuseCreate.get() > 0) {
            sendError(refuseCreate.getAndSet(0), "invalid_request_error", response, callback);
            return;
        }
        var status = createFault();
        if (status > 0) {
            sendError(status, "api_error", response, callback);
            return;
        }
        var key = Objects.requireNonNullElse(request.getHeaders().get("idempotency-key"), "");
        var before =
                honoursIdempotencyKeys
                        ? batches.stream()
                                .filter(batch -> batch.idempotencyKey.equals(key))
                                .findFirst()
                        : Optional.<Accepted>empty();
        var batch = before.orElseGet(() -> accept(body, key));
        if (loseCreateAnswers.get() > 0) {
            loseCreateAnswers.decrementAndGet();
            hangUp(request);
            return;
        }
        if (sendForeign(createAnswers, response, callback)) {
            return;
        }
        send(describe(batch), response, callback);
    }

    private int createFault() {
        if (failCreates.get() > 0) {
            failCreates.decrementAndGet();
            return 500;
        }
        if (loseCreateAnswers.get() == 0 && overloadCreates.get() > 0) {
            overloadCreates.decrementAndGet();
            return 529;
        }
        var running = batches.stream().filter(batch -> batch.pollsLeft > 0).count();
        return running >= runningMax.get() ? 429 : 0;
    }

    private Accepted accept(JsonNode body, String key) {
        now = now.plusSeconds(1);
        var batch = new Accepted("msgbatch_" + ++idsGiven, key, now);
        var results = new ArrayList<String>();
        for (var entry : body.required("requests").values()) {
            var customId = entry.required("custom_id").asString();
            var before = asked.merge(customId, 1, Integer::sum) - 1;
            batch.customIds.add(customId);
            batch.params.add(entry.required("params"));
            var line = JSON.createObjectNode().put("custom_id", customId);
            line.set("result", answering.answer(customId, entry.required("params"), before));
            results.add(JSON.writeValueAsString(line) + "\n");
        }
        // Results come in any order; the reverse is one that a client counting on ours would
        // stumble over.
        batch.results =
                (addedToResults + String.join("", results.reversed()))
                        .getBytes(StandardCharsets.UTF_8);
        batch.pollsLeft = pollsUntilEnd + pollsMoreForEach * batches.size();
        batches.add(batch);
        return batch;
    }

    private static boolean sendForeign(
            Queue<Foreign> answers, Response response, Callback callback) {
        var foreign = answers.poll();
        if (foreign == null) {
            return false;
        }
        response.setStatus(foreign.status());
        response.getHeaders().put("content-type", foreign.contentType());
        Content.Sink.write(response, true, foreign.body(), callback);
        return true;
    }

    private void lookUp(String id, Response response, Callback callback) throws IOException {
        if (sendForeign(lookUpAnswers, response, callback)) {
            return;
        }
        if (failLookUps.get() > 0) {
            failLookUps.decrementAndGet();
            sendError(500, "api_error", response, callback);
            return;
        }
        var batch = find(id);
        if (batch == null) {
            sendError(404, "not_found_error", response, callback);
            return;
        }
        batch.pollsLeft = Math.max(0, batch.pollsLeft - 1);
        send(describe(batch), response, callback);
    }

    private void list(Response response, Callback callback) throws IOException {
        var page =
                JSON.createObjectNode()
                        .put("has_more", false)
                        .putNull("first_id")
                        .putNull("last_id");
        var data = page.putArray("data");
        batches.reversed().forEach(batch -> data.add(describe(batch)));
        send(page, response, callback);
    }

    private void results(String id, Request request, Response response, Callback callback)
            throws IOException {
        var batch = find(id);
        if (batch == null) {
            sendError(404, "not_found_error", response, callback);
            return;
        }
        if (sendForeign(resultsAnswers, response, callback)) {
            return;
        }
        var lines = batch.results;
        if (shortenResults.get() > 0) {
            shortenResults.decrementAndGet();
            lines =
                    Arrays.copyOfRange(
                            lines,
                            new String(lines, StandardCharsets.ISO_8859_1).indexOf('\n') + 1,
                            lines.length);
        }
        var range = request.getHeaders().get("range");
        var from = 0;
        if (servesRanges) {
            response.getHeaders().put("etag", "\"" + id + "\"");
            if (range != null) {
                from = Integer.parseInt(range.replaceAll("\\D", ""));
                response.setStatus(206);
                response.getHeaders()
                        .put(
                                "content-range",
                                "bytes " + from + "-" + (lines.length - 1) + "/" + lines.length);
            }
        }
        var bytes = Arrays.copyOfRange(lines, from, lines.length);
        response.getHeaders().put(new HttpField("content-length", String.valueOf(bytes.length)));
        var cutAfter = (int) cutResultsAfterBytes.get();
        var out = Content.Sink.asOutputStream(response);
        if (cutDownloads.get() > 0 && cutAfter < bytes.length) {
            cutDownloads.decrementAndGet();
            out.write(bytes, 0, cutAfter);
            out.flush();
            hangUp(request);
            return;
        }
        out.write(bytes);
        out.flush();
        callback.succeeded();
    }

    private void countTokens(Request request, Response response, Callback callback)
            throws IOException {
        var body = JSON.readTree(Content.Source.asInputStream(request));
        if (!countsTokens || body.has("max_tokens")) {
            sendError(404, "not_found_error", response, callback);
            return;
        }
        if (!refusedCount.isEmpty()) {
            response.setStatus(refusedCount.equals("not_found_error") ? 404 : 400);
            var error = JSON.createObjectNode().put("type", "error");
            error.putObject("error").put("type", refusedCount).put("message", refusedCountWords);
            send(error, response, callback);
            return;
        }
        send(
                JSON.createObjectNode().put("input_tokens", body.toString().length() / 4),
                response,
                callback);
    }

    private ObjectNode describe(Accepted batch) {
        var ended = batch.pollsLeft == 0;
        var described = JSON.createObjectNode().put("id", batch.id).put("type", "message_batch");
        described.put("processing_status", ended ? "ended" : "in_progress");
        var size = batch.customIds.size();
        described
                .putObject("request_counts")
                .put("processing", ended ? 0 : size)
                .put("succeeded", ended ? size : 0)
                .put("errored", 0)
                .put("canceled", 0)
                .put("expired", 0);
        described
                .put("created_at", batch.createdAt.toString())
                .put("expires_at", batch.createdAt.plusSeconds(86_400).toString());
        return described
                .put("ended_at", ended ? now.toString() : null)
                .putNull("archived_at")
                .putNull("cancel_initiated_at");
    }

    private @Nullable Accepted find(String id) {
        return batches.stream().filter(batch -> batch.id.equals(id)).findFirst().orElse(null);
    }

    /** The id in {@code /v1/messages/batches/ID} and what is below it. */
    private static String idIn(String path) {
        var rest = path.substring("/v1/messages/batches/".length());
        return rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest;
    }

    private static void hangUp(Request request) {
        request.getConnectionMetaData().getConnection().getEndPoint().close();
    }

    private void sendError(int status, String type, Response response, Callback callback) {
        response.setStatus(status);
        if (!retryAfter.get().isEmpty()) {
            response.getHeaders().put("retry-after", retryAfter.get());
        }
        var body = JSON.createObjectNode().put("type", "error").put("request_id", "req_1");
        body.putObject("error").put("type", type).put("message", refusalMessage.get());
        send(body, response, callback);
    }

    private static void send(JsonNode body, Response response, Callback callback) {
        response.getHeaders().put("content-type", "application/json");
        Content.Sink.write(response, true, JSON.writeValueAsString(body), callback);
    }
}
