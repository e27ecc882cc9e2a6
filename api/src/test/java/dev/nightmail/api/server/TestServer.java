package dev.nightmail.api.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.api.exchange.ApiLimits;
import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.KeySecret;
import dev.nightmail.core.key.Scope;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.memory.MemoryBudget;
import dev.nightmail.core.schedule.UpstreamState;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.engine.desk.MessageDesk;
import dev.nightmail.engine.desk.UpstreamDesk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real HTTP server on a free port, in front of desks in memory. */
final class TestServer implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder().build();

    /** What a call of {@link MessageDesk} does in this test. */
    interface Forwarding {
        void forward(String model, Call call, AnswerSink sink) throws InterruptedException;
    }

    final InMemoryBatchDesk desk = new InMemoryBatchDesk();
    final InMemoryKeyCatalog keys = new InMemoryKeyCatalog();
    final ApiServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile @Nullable Forwarding forwarding;
    private volatile List<UpstreamState> upstreams = List.of();
    final List<String> resumed = new CopyOnWriteArrayList<>();
    private volatile String key = "anything";
    volatile boolean healthy = true;
    volatile boolean ready = true;

    private final Health health =
            new Health() {
                @Override
                public boolean isHealthy() {
                    return healthy;
                }

                @Override
                public boolean isReady() {
                    return ready;
                }
            };

    TestServer() throws IOException {
        this(ApiLimits.DEFAULT, null);
    }

    TestServer(ApiLimits limits, @Nullable URI publicUrl) throws IOException {
        this(limits, publicUrl, InstantSource.system());
    }

    TestServer(ApiLimits limits, @Nullable URI publicUrl, InstantSource clock) throws IOException {
        this(limits, publicUrl, clock, MemoryBudget.UNLIMITED);
    }

    TestServer(ApiLimits limits, @Nullable URI publicUrl, InstantSource clock, MemoryBudget bodies)
            throws IOException {
        this(
                new ApiConfig("127.0.0.1", 0, publicUrl, ApiConfig.Access.STANDARD, limits, bodies),
                clock);
    }

    TestServer(ApiConfig.Access access) throws IOException {
        this(
                new ApiConfig(
                        "127.0.0.1", 0, null, access, ApiLimits.DEFAULT, MemoryBudget.UNLIMITED),
                InstantSource.system());
    }

    private TestServer(ApiConfig config, InstantSource clock) throws IOException {
        MessageDesk messages =
                (model, call, sink) -> {
                    var current = forwarding;
                    if (current == null) {
                        throw new IllegalStateException("nothing is forwarded in this test");
                    }
                    current.forward(model, call, sink);
                };
        server =
                new ApiServer(
                        config,
                        desk,
                        messages,
                        new UpstreamDesk() {
                            @Override
                            public List<UpstreamState> upstreams() {
                                return upstreams;
                            }

                            @Override
                            public boolean resume(String name) {
                                boolean known =
                                        upstreams.stream().anyMatch(one -> one.name().equals(name));
                                if (known) {
                                    resumed.add(name);
                                }
                                return known;
                            }
                        },
                        keys,
                        health,
                        clock,
                        new SecureRandom());
        server.start();
    }

    /** A call that is answered so, in one piece. */
    static Forwarding answering(int status, Map<String, String> headers, String body) {
        var bytes = body.getBytes(UTF_8);
        return (_, _, sink) -> {
            try {
                sink.begin(status, headers);
                sink.write(bytes, 0, bytes.length);
                sink.end();
            } catch (IOException e) {
                sink.abort(e);
            }
        };
    }

    void onForward(Forwarding how) {
        this.forwarding = how;
    }

    /** Makes a key, with which calls come from here on. */
    String makeKey(String id, Scope... scopes) {
        var secret = KeySecret.create(new SecureRandom());
        keys.insert(
                new ApiKey(
                        new KeyId(id),
                        WorkspaceId.DEFAULT,
                        "test",
                        Set.of(scopes),
                        Instant.parse("2026-11-20T21:30:00Z"),
                        null),
                secret.sha256());
        key = secret.reveal();
        return key;
    }

    void upstreamsStand(UpstreamState... states) {
        upstreams = List.of(states);
    }

    HttpRequest.Builder call(String path) {
        return HttpRequest.newBuilder(server.baseUri().resolve(path))
                .header("x-api-key", key)
                .header("anthropic-version", "2023-06-01");
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<byte[]> sendForBytes(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(call(path));
    }

    HttpResponse<String> post(String path, String body) throws Exception {
        return send(call(path).POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> post(String path, byte[] body) throws Exception {
        return send(call(path).POST(BodyPublishers.ofByteArray(body)));
    }

    HttpResponse<String> create(String body) throws Exception {
        return post("/v1/messages/batches", body);
    }

    /** A bare connection, for clients that do not behave. */
    Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** What a bare connection brings until it ends. */
    record Raw(String text, boolean reset) {
        /** Where the server is to close it in order. */
        String whole() {
            if (reset) {
                throw new AssertionError("reset after: " + text);
            }
            return text;
        }
    }

    static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    }

    static Raw readToEnd(Socket socket) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(bytes);
            return new Raw(bytes.toString(UTF_8), false);
        } catch (SocketException _) {
            return new Raw(bytes.toString(UTF_8), true);
        }
    }

    /** Of an answer as it comes over a bare connection. */
    static int status(String answer) {
        return Integer.parseInt(answer.substring(9, 12));
    }

    static byte[] gzip(byte[] plain) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    /** The head and body of what is answered to these very bytes, after which we hang up. */
    String raw(String call) throws IOException {
        try (var socket = connect()) {
            send(socket, call);
            socket.shutdownOutput();
            return readToEnd(socket).whole();
        }
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.close();
    }
}
