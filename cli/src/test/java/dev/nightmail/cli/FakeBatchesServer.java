package dev.nightmail.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The batch endpoints as far as the commands use them, on loopback. A batch settles one request
 * with each look at it, so progress can be seen without a clock.
 */
public final class FakeBatchesServer implements AutoCloseable {

    /** One call as it arrived. */
    public record Call(String method, String path, Map<String, List<String>> headers, String body) {
        public @Nullable String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().getFirst())
                    .findFirst()
                    .orElse(null);
        }
    }

    private static final class Batch {
        final String id;
        final List<String> customIds;
        int settled;
        boolean canceled;

        Batch(String id, List<String> customIds) {
            this.id = id;
            this.customIds = customIds;
        }

        boolean hasEnded() {
            return canceled || settled == customIds.size();
        }
    }

    private static final Instant CREATED = Instant.parse("2026-11-21T12:00:00Z");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Batch> batches = new LinkedHashMap<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile String failing = "";
    private volatile boolean breakResultsOnce;
    private volatile int refuseWith;
    private volatile boolean extended;
    private volatile String upstreams = "";
    private volatile String billing = "free";
    private volatile boolean cancelsAll;

    public FakeBatchesServer() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI baseUri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public List<Call> calls() {
        return List.copyOf(calls);
    }

    public List<Call> calls(String method, String path) {
        return calls.stream()
                .filter(call -> call.method().equals(method) && call.path().equals(path))
                .toList();
    }

    /** Requests whose custom id contains this are answered with an error that stays. */
    public void failRequestsWith(String part) {
        failing = part;
    }

    /** The next download of results breaks in its middle. */
    public void breakNextResults() {
        breakResultsOnce = true;
    }

    /** Everything is refused with this status from now on. */
    public void refuseWith(int status) {
        refuseWith = status;
    }

    /** From now on it does what a Nightmail server does beyond the API. */
    public void beNightmail() {
        extended = true;
    }

    /** How its upstreams stand; without, it is a server that has none. */
    public void upstreamsStand(String json) {
        upstreams = json;
    }

    /** What it says it bills; empty: it tells of no models. */
    public void bill(String word) {
        billing = word;
    }

    /** Somebody cancels every batch from now on. */
    public void cancelAll() {
        cancelsAll = true;
    }

    /** A batch that is there already. */
    public synchronized String addBatch(String... customIds) {
        return add(List.of(customIds)).id;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }

    private synchronized Batch add(List<String> customIds) {
        var batch = new Batch("msgbatch_%03d".formatted(batches.size() + 1), customIds);
        batch.canceled = cancelsAll;
        batches.put(batch.id, batch);
        return batch;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            calls.add(
                    new Call(
                            exchange.getRequestMethod(),
                            path,
                            Map.copyOf(exchange.getRequestHeaders()),
                            body));
            if (refuseWith != 0) {
                error(exchange, refuseWith, "authentication_error", "invalid x-api-key");
                return;
            }
            if (extended) {
                exchange.getResponseHeaders().add("nightmail-honours", "partial-results");
                exchange.getResponseHeaders().add("nightmail-honours", "events");
            }
            answer(exchange, exchange.getRequestMethod() + " " + path, body);
        }
    }

    private synchronized void answer(HttpExchange exchange, String call, String body)
            throws IOException {
        var parts = call.split("/", -1);
        var id = parts.length > 4 ? parts[4] : "";
        if (call.equals("POST /v1/messages/count_tokens")) {
            json(exchange, JsonMapper.shared().createObjectNode().put("input_tokens", 10));
        } else if (call.startsWith("GET /v1/models/") && !billing.isEmpty()) {
            var model = JsonMapper.shared().createObjectNode();
            model.putObject("nightmail").put("billing", billing);
            json(exchange, model);
        } else if (call.equals("POST /v1/messages/batches")) {
            var ids = new ArrayList<String>();
            JsonMapper.shared()
                    .readTree(body)
                    .required("requests")
                    .values()
                    .forEach(request -> ids.add(request.required("custom_id").asString()));
            json(exchange, json(add(ids)));
        } else if (call.equals("GET /nightmail/v1/upstreams") && !upstreams.isEmpty()) {
            json(exchange, (ObjectNode) JsonMapper.shared().readTree(upstreams));
        } else if (call.equals("POST /nightmail/v1/upstreams/half-price/resume")) {
            json(exchange, JsonMapper.shared().createObjectNode().put("name", "half-price"));
        } else if (call.equals("GET /v1/messages/batches")) {
            list(exchange);
        } else if (!batches.containsKey(id)) {
            error(exchange, 404, "not_found_error", "there is no batch " + id);
        } else {
            answer(exchange, call, batches.get(id));
        }
    }

    private void answer(HttpExchange exchange, String call, Batch batch) throws IOException {
        if (call.startsWith("GET /nightmail/v1/batches/")) {
            if (call.endsWith("/results")) {
                resultsSoFar(exchange, batch);
            } else {
                events(exchange, batch);
            }
        } else if (call.endsWith("/results")) {
            results(exchange, batch);
        } else if (call.endsWith("/cancel")) {
            batch.canceled = true;
            json(exchange, json(batch).put("processing_status", "canceling"));
        } else if (call.startsWith("DELETE")) {
            if (!batch.hasEnded()) {
                error(exchange, 400, "invalid_request_error", "cancel it first");
                return;
            }
            batches.remove(batch.id);
            json(exchange, JsonMapper.shared().createObjectNode().put("id", batch.id));
        } else {
            json(exchange, json(batch));
            batch.settled = Math.min(batch.settled + 1, batch.customIds.size());
        }
    }

    private void list(HttpExchange exchange) throws IOException {
        var query = String.valueOf(exchange.getRequestURI().getQuery());
        var limit = Integer.parseInt(query.replaceAll(".*limit=(\\d+).*", "$1"));
        var newestFirst = new ArrayList<>(batches.values()).reversed();
        var from = 0;
        if (query.contains("after_id=")) {
            var after = query.replaceAll(".*after_id=([^&]+).*", "$1");
            from = newestFirst.stream().map(batch -> batch.id).toList().indexOf(after) + 1;
        }
        // A page of at most two, so that paging shows with few batches.
        var to = Math.min(newestFirst.size(), from + Math.min(limit, 2));
        var page = JsonMapper.shared().createObjectNode();
        var data = page.putArray("data");
        newestFirst.subList(from, to).forEach(batch -> data.add(json(batch)));
        page.put("has_more", to < newestFirst.size());
        json(exchange, page);
    }

    private void results(HttpExchange exchange, Batch batch) throws IOException {
        var text = new StringBuilder();
        for (var id : batch.customIds) {
            text.append(line(id, batch)).append('\n');
        }
        var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        var range = exchange.getRequestHeaders().getFirst("Range");
        var from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        exchange.getResponseHeaders().add("ETag", "\"" + batch.id + "\"");
        if (range != null) {
            exchange.getResponseHeaders()
                    .add(
                            "Content-Range",
                            "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, bytes.length - from);
        if (breakResultsOnce) {
            breakResultsOnce = false;
            exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
            exchange.getResponseBody().flush();
            throw new IOException("broken on purpose");
        }
        exchange.getResponseBody().write(bytes, from, bytes.length - from);
    }

    /** What has settled; then one request more settles. */
    private void resultsSoFar(HttpExchange exchange, Batch batch) throws IOException {
        var text = new StringBuilder();
        for (var id : batch.customIds.subList(0, batch.settled)) {
            text.append(line(id, batch)).append('\n');
        }
        var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        var query = exchange.getRequestURI().getQuery();
        var from = Integer.parseInt(query.replaceAll(".*from=(\\d+).*", "$1"));
        if (from > bytes.length) {
            error(exchange, 416, "invalid_request_error", "from: too far");
            return;
        }
        var headers = exchange.getResponseHeaders();
        headers.add("nightmail-next-offset", String.valueOf(bytes.length));
        headers.add("nightmail-processing-status", batch.hasEnded() ? "ended" : "in_progress");
        batch.settled = Math.min(batch.settled + 1, batch.customIds.size());
        if (bytes.length == from) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        exchange.sendResponseHeaders(200, bytes.length - from);
        if (breakResultsOnce) {
            breakResultsOnce = false;
            exchange.getResponseBody().write(bytes, from, (bytes.length - from) / 2);
            exchange.getResponseBody().flush();
            throw new IOException("broken on purpose");
        }
        exchange.getResponseBody().write(bytes, from, bytes.length - from);
    }

    /** An event for each request that settles; breaks off after the next if it is told to. */
    private void events(HttpExchange exchange, Batch batch) throws IOException {
        exchange.getResponseHeaders().add("content-type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        var out = exchange.getResponseBody();
        while (true) {
            out.write(
                    ":\n\nid: %d\nevent: progress\ndata: %s\n\n"
                            .formatted(batch.settled, json(batch))
                            .getBytes(StandardCharsets.UTF_8));
            out.flush();
            if (breakResultsOnce) {
                breakResultsOnce = false;
                throw new IOException("broken on purpose");
            }
            if (batch.hasEnded()) {
                return;
            }
            batch.settled = Math.min(batch.settled + 1, batch.customIds.size());
        }
    }

    private JsonNode line(String customId, Batch batch) {
        var line = JsonMapper.shared().createObjectNode().put("custom_id", customId);
        var result = line.putObject("result");
        if (batch.canceled) {
            result.put("type", "canceled");
        } else if (!failing.isEmpty() && customId.contains(failing)) {
            var error = result.put("type", "errored").putObject("error").put("type", "error");
            error.putObject("error")
                    .put("type", "invalid_request_error")
                    .put("message", "messages: no good");
        } else {
            var message =
                    result.put("type", "succeeded")
                            .putObject("message")
                            .put("id", "msg_" + customId)
                            .put("model", "claude-haiku-4-5")
                            .put("stop_reason", "end_turn");
            message.putArray("content").addObject().put("type", "text").put("text", "fine");
            message.putObject("usage").put("input_tokens", 1000).put("output_tokens", 200);
        }
        return line;
    }

    private ObjectNode json(Batch batch) {
        var json =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("id", batch.id)
                        .put("processing_status", batch.hasEnded() ? "ended" : "in_progress")
                        .put("created_at", CREATED.toString())
                        .put("expires_at", CREATED.plusSeconds(86_400).toString())
                        .put("ended_at", batch.hasEnded() ? CREATED.toString() : null);
        var errored =
                failing.isEmpty() || !batch.hasEnded()
                        ? 0
                        : batch.customIds.stream().filter(id -> id.contains(failing)).count();
        var canceled = batch.canceled ? batch.customIds.size() - batch.settled : 0;
        json.putObject("request_counts")
                .put("processing", batch.customIds.size() - batch.settled - canceled)
                .put("succeeded", batch.settled - errored)
                .put("errored", errored)
                .put("canceled", canceled)
                .put("expired", 0);
        return json;
    }

    private static void error(HttpExchange exchange, int status, String type, String message)
            throws IOException {
        var json = JsonMapper.shared().createObjectNode().put("type", "error");
        json.putObject("error").put("type", type).put("message", message);
        send(exchange, status, json);
    }

    private static void json(HttpExchange exchange, JsonNode json) throws IOException {
        send(exchange, 200, json);
    }

    private static void send(HttpExchange exchange, int status, JsonNode json) throws IOException {
        var bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
