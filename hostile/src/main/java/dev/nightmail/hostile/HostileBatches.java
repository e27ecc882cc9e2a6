package dev.nightmail.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Message Batches server on loopback that keeps no idempotency keys, misbehaves on order, and
 * keeps account of what it took, and so of what would have to be paid. Batches end at the second
 * look, be it at the list.
 */
public final class HostileBatches implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String BATCHES = "/v1/messages/batches";

    /** What is done with one create. */
    private record CreateOrder(boolean taken, @Nullable Reply reply) {}

    private static final class Batch {
        final String id;
        final Instant createdAt;
        final List<String> customIds = new ArrayList<>();
        int looks;

        Batch(String id, Instant createdAt) {
            this.id = id;
            this.createdAt = createdAt;
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final InstantSource clock;
    private final List<Batch> batches = new ArrayList<>();
    private final Map<String, Integer> taken = new LinkedHashMap<>();
    private final Queue<CreateOrder> creates = new ArrayDeque<>();
    private final Queue<Function<List<String>, Reply>> downloads = new ArrayDeque<>();
    private UnaryOperator<List<String>> allLines = lines -> lines;
    private @Nullable Function<List<String>, Reply> everyDownload;
    private Duration listLag = Duration.ZERO;
    private int countedOfEach = -1;
    private boolean deleted;
    private boolean archived;
    private boolean hasNeighbor;
    private boolean neighborHasNoDate;
    private boolean listHasNameless;
    private int pageSize = Integer.MAX_VALUE;
    private boolean saysHasMore = true;
    private boolean keepsToCursors = true;

    /**
     * @param clock the clients' own
     */
    public HostileBatches(InstantSource clock) {
        this.clock = clock;
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

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    // Orders

    /** The next create is taken, and answered with this. */
    public synchronized void takeAndAnswer(Reply reply) {
        creates.add(new CreateOrder(true, reply));
    }

    /** The next create is taken, and the connection cut. */
    public synchronized void takeAndHangUp() {
        creates.add(new CreateOrder(true, null));
    }

    /** The next create is not taken, and answered with this. */
    public synchronized void refuse(Reply reply) {
        creates.add(new CreateOrder(false, reply));
    }

    /** The next create is not taken, and the connection cut. */
    public synchronized void hangUp() {
        creates.add(new CreateOrder(false, null));
    }

    /** The next download gets this made of the results' lines. */
    public synchronized void nextDownload(Function<List<String>, Reply> made) {
        downloads.add(made);
    }

    /** Every download gets this. */
    public synchronized void everyDownload(Function<List<String>, Reply> made) {
        everyDownload = made;
    }

    /** Every download has these lines. */
    public synchronized void lines(UnaryOperator<List<String>> made) {
        allLines = made;
    }

    /** A batch is on the list only after so long. */
    public synchronized void listLags(Duration by) {
        listLag = by;
    }

    /** It counts so many requests of each batch, whatever there are. */
    public synchronized void counts(int requests) {
        countedOfEach = requests;
    }

    /** Each batch is gone as soon as its create was answered. */
    public synchronized void deletesEverything() {
        deleted = true;
    }

    /** Each batch is archived when it ends: it is shown, and its results are not. */
    public synchronized void archivesEverything() {
        archived = true;
    }

    /** Another client's batch of three is on the list, before ours. */
    public synchronized void hasNeighbor() {
        hasNeighbor = true;
    }

    /** The same, and it is not said when it was made. */
    public synchronized void hasNeighborWithoutDate() {
        hasNeighbor = true;
        neighborHasNoDate = true;
    }

    /** On the list is an entry without an id, before all others. */
    public synchronized void hasNamelessEntry() {
        listHasNameless = true;
    }

    /** A page of the list has one batch, and does not say whether there are more. */
    public synchronized void listsOneByOne() {
        pageSize = 1;
        saysHasMore = false;
    }

    /** Every page of the list has all there is, and does not say that there is no more. */
    public synchronized void listsAllOverAgain() {
        saysHasMore = false;
        keepsToCursors = false;
    }

    // The account

    /** How often each request was taken, by what it asks. */
    public synchronized Map<String, Integer> taken() {
        return new LinkedHashMap<>(taken);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }

    // Serving

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var method = exchange.getRequestMethod();
            var body = exchange.getRequestBody().readAllBytes();
            var reply = reply(method, path, exchange.getRequestURI().getQuery(), body);
            if (reply == null) {
                // Closing without an answer cuts the connection.
                return;
            }
            send(exchange, reply);
        }
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        var bytes = reply.body().getBytes(UTF_8);
        var contentType = reply.contentType();
        if (contentType != null) {
            exchange.getResponseHeaders().add("content-type", contentType);
        }
        boolean bodiless = reply.status() == 204 || reply.status() == 304 || reply.status() < 200;
        long length = (long) bytes.length + reply.missingBytes();
        exchange.sendResponseHeaders(reply.status(), bodiless || length == 0 ? -1 : length);
        if (!bodiless && length > 0) {
            exchange.getResponseBody().write(bytes);
            exchange.getResponseBody().flush();
        }
    }

    private synchronized @Nullable Reply reply(
            String method, String path, @Nullable String query, byte[] body) {
        if (method.equals("POST") && path.equals(BATCHES)) {
            return create(body);
        }
        if (method.equals("GET") && path.equals(BATCHES)) {
            return list(query == null ? "" : query);
        }
        if (!path.startsWith(BATCHES + "/")) {
            return Reply.error(404, "not_found_error");
        }
        var rest = path.substring(BATCHES.length() + 1);
        var id = rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest;
        if (id.equals("msgbatch_neighbor")) {
            return neighbor(rest.endsWith("/results"));
        }
        var batch = batches.stream().filter(each -> each.id.equals(id)).findFirst().orElse(null);
        if (batch == null || deleted) {
            return Reply.error(404, "not_found_error");
        }
        if (rest.endsWith("/results")) {
            return results(batch);
        }
        if (method.equals("DELETE")) {
            batches.remove(batch);
            return new Reply(200, "application/json", "{\"id\":\"" + id + "\"}");
        }
        batch.looks++;
        return json(described(batch));
    }

    private @Nullable Reply create(byte[] body) {
        var order = creates.poll();
        if (order == null) {
            return json(described(take(body)));
        }
        if (order.taken()) {
            take(body);
        }
        return order.reply();
    }

    private Batch take(byte[] body) {
        var batch = new Batch("msgbatch_" + (batches.size() + 1), clock.instant());
        for (var request : JSON.readTree(body).required("requests").values()) {
            batch.customIds.add(request.required("custom_id").asString());
            taken.merge(request.required("params").toString(), 1, Integer::sum);
        }
        batches.add(batch);
        return batch;
    }

    private Reply list(String query) {
        var listed = listed();
        int from = keepsToCursors ? placeBehind(query, listed) : 0;
        int to = Math.min(listed.size() - from, pageSize) + from;
        var page = JSON.createObjectNode();
        if (saysHasMore) {
            page.put("has_more", to < listed.size());
        }
        page.putArray("data").addAll(listed.subList(from, to));
        return json(page);
    }

    private static int placeBehind(String query, List<ObjectNode> listed) {
        for (int place = 0; place < listed.size(); place++) {
            if (query.endsWith("after_id=" + listed.get(place).path("id").asString(""))) {
                return place + 1;
            }
        }
        return 0;
    }

    private List<ObjectNode> listed() {
        var data = new ArrayList<ObjectNode>();
        if (listHasNameless) {
            data.add(JSON.createObjectNode().put("processing_status", "ended"));
        }
        if (hasNeighbor) {
            var neighbor =
                    JSON.createObjectNode()
                            .put("id", "msgbatch_neighbor")
                            .put("processing_status", "ended");
            if (!neighborHasNoDate) {
                neighbor.put("created_at", clock.instant().toString());
            }
            neighbor.putObject("request_counts").put("succeeded", 3);
            data.add(neighbor);
        }
        var latest = clock.instant().minus(listLag);
        for (var batch : batches.reversed()) {
            if (!batch.createdAt.isAfter(latest) && !deleted) {
                batch.looks++;
                data.add(described(batch));
            }
        }
        return data;
    }

    private static Reply neighbor(boolean results) {
        return results
                ? new Reply(
                        200,
                        "application/x-jsonl",
                        line("other-1") + line("other-2") + line("other-3"))
                : new Reply(
                        200,
                        "application/json",
                        "{\"id\":\"msgbatch_neighbor\",\"processing_status\":\"ended\",\"created_at\":\"2026-11-21T12:00:00Z\"}");
    }

    private ObjectNode described(Batch batch) {
        boolean ended = batch.looks > 1;
        var described =
                JSON.createObjectNode()
                        .put("id", batch.id)
                        .put("type", "message_batch")
                        .put("processing_status", ended ? "ended" : "in_progress")
                        .put("created_at", batch.createdAt.toString())
                        .put("ended_at", ended ? clock.instant().toString() : null)
                        .put("archived_at", archived && ended ? clock.instant().toString() : null);
        int requests = countedOfEach < 0 ? batch.customIds.size() : countedOfEach;
        described
                .putObject("request_counts")
                .put("processing", ended ? 0 : requests)
                .put("succeeded", ended ? requests : 0);
        return described;
    }

    private Reply results(Batch batch) {
        if (archived) {
            return Reply.error(400, "invalid_request_error");
        }
        var lines =
                allLines.apply(
                        batch.customIds.reversed().stream().map(HostileBatches::line).toList());
        var made = downloads.isEmpty() ? everyDownload : downloads.remove();
        return made == null
                ? new Reply(200, "application/x-jsonl", String.join("", lines))
                : made.apply(lines);
    }

    /** A result line with its line feed. */
    public static String line(String customId) {
        return """
        {"custom_id":"%s","result":{"type":"succeeded","message":{"id":"msg_1","type":"message","role":"assistant",\
        "model":"claude-haiku-4-5","stop_reason":"end_turn","content":[{"type":"text","text":"fine"}],\
        "usage":{"input_tokens":3,"output_tokens":5}}}}
        """
                .formatted(customId);
    }

    /** The id of a line that {@link #line} made. */
    public static String idOf(String line) {
        return JSON.readTree(line).required("custom_id").asString();
    }

    private static Reply json(JsonNode body) {
        return new Reply(200, "application/json", body.toString());
    }
}
