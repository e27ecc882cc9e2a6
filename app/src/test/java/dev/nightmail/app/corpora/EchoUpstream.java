package dev.nightmail.app.corpora;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Claude-shaped server that keeps the bytes it was sent, and answers with what it was asked: the
 * prompt as text, and whatever stands under {@code echo}, byte for byte, as the input of a tool.
 * Bytes are shown as ISO-8859-1, one character each, so that nothing is decoded on the way.
 */
final class EchoUpstream implements AutoCloseable {

    /** How params begin that want an echo; the value follows. */
    private static final String BEFORE_ECHO = "{\"echo\":";

    private static final String AFTER_ECHO =
            ",\"model\":\"claude-haiku-4-5\",\"max_tokens\":16,\"messages\":";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<String> received = new ArrayDeque<>();

    EchoUpstream() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/messages", this::answer);
        server.start();
    }

    /** Params that ask the prompt, a JSON string, and want the value back. */
    static String params(String echo, String prompt) {
        return BEFORE_ECHO
                + echo
                + AFTER_ECHO
                + "[{\"role\":\"user\",\"content\":"
                + prompt
                + "}]}";
    }

    /** How a result begins to show the value under {@code echo}. */
    static String echoed(String echo) {
        return "\"input\":{\"echo\":" + echo + "}";
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The bodies of the calls since the last time somebody asked. */
    List<String> takeReceived() {
        synchronized (received) {
            var all = List.copyOf(received);
            received.clear();
            return all;
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readAllBytes();
        boolean counting = exchange.getRequestURI().getPath().endsWith("/count_tokens");
        if (!counting) {
            synchronized (received) {
                received.add(new String(body, ISO_8859_1));
            }
        }
        var answer = counting ? "{\"input_tokens\":10}".getBytes(UTF_8) : message(body);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(200, answer.length);
        try (var out = exchange.getResponseBody()) {
            out.write(answer);
        }
    }

    private static byte[] message(byte[] body) {
        var bytes = new String(body, ISO_8859_1);
        var content =
                echo(bytes)
                        .map(echo ->
                                """
                                {"type":"tool_use","id":"toolu_1","name":"echo",%s},\
                                """
                                        .formatted(echoed(echo)))
                        .orElse("");
        return """
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[%s\
        {"type":"text","text":%s}],"stop_reason":"end_turn","stop_sequence":null,\
        "usage":{"input_tokens":10,"output_tokens":3}}\
        """
                .formatted(content, prompt(bytes))
                .getBytes(ISO_8859_1);
    }

    private static Optional<String> echo(String body) {
        int end = body.lastIndexOf(AFTER_ECHO);
        return body.startsWith(BEFORE_ECHO) && end >= 0
                ? Optional.of(body.substring(BEFORE_ECHO.length(), end))
                : Optional.empty();
    }

    /** The prompt as a JSON string; decoded and written anew, as a model would. */
    private static String prompt(String body) {
        // Alone, since what is under echo need not be to Jackson's taste.
        var messages = body.substring(body.lastIndexOf("[{\"role\""), body.length() - 1);
        var prompt =
                JsonMapper.shared()
                        .readTree(messages.getBytes(ISO_8859_1))
                        .at("/0/content")
                        .asString();
        return new String(JsonMapper.shared().writeValueAsBytes(prompt), ISO_8859_1);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
