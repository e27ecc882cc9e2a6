package dev.nightmail.bench.pace;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.nightmail.bench.upstream.Answers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * The upstreams of all {@linkplain Cell cells} as a process: says its URL on a line, answers until
 * its standard input ends. What a cell has counted is at {@code /NAME/counts}.
 */
public final class LimitedUpstream {

    private static final String CHAT_ANSWER =
            "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1767225600,\"model\":\"bench\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}}"
                    .formatted(
                            Cell.INPUT_TOKENS,
                            Cell.OUTPUT_TOKENS,
                            Cell.INPUT_TOKENS + Cell.OUTPUT_TOKENS);
    private static final String MESSAGE = new String(Answers.body("Yes. "), UTF_8);
    private static final String REFUSAL =
            "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"This request would exceed your rate limit.\"}}";

    private final Cell cell;
    private final Account account;

    private LimitedUpstream(Cell cell) {
        this.cell = cell;
        this.account = new Account(cell, System.nanoTime());
    }

    public static void main(String[] args) throws IOException {
        // Otherwise it closes connections that wait for their next call, and delays answers.
        System.setProperty("sun.net.httpserver.maxIdleConnections", "10000");
        System.setProperty("sun.net.httpserver.nodelay", "true");
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        for (var cell : Cell.ALL) {
            var upstream = new LimitedUpstream(cell);
            server.createContext("/" + cell.name() + "/", upstream::answer);
        }
        server.start();
        System.out.println("ready at http://127.0.0.1:" + server.getAddress().getPort());
        // Whoever started us holds the other end; when that is gone, so are we.
        System.in.transferTo(java.io.OutputStream.nullOutputStream());
        server.stop(0);
        System.exit(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            if (path.endsWith("/counts")) {
                send(exchange, 200, account.counts(System.nanoTime()).toString());
            } else if (exchange.getRequestMethod().equals("GET")) {
                send(exchange, 200, "{\"object\":\"list\",\"data\":[],\"has_more\":false}");
            } else {
                serve(exchange);
            }
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        if (cell.admission() == Cell.Admission.BEHIND_NETWORK) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(10_000_000));
        }
        var admission = account.arrive(System.nanoTime());
        tell(exchange, admission);
        exchange.getRequestBody().readAllBytes();
        if (!admission.accepted()) {
            exchange.getResponseHeaders()
                    .set("retry-after", Long.toString(Math.max(1, admission.retryAfterSeconds())));
            send(exchange, 429, REFUSAL);
            return;
        }
        LockSupport.parkNanos(latency().toNanos());
        send(exchange, 200, cell.headers() == Cell.Headers.OPENAI ? CHAT_ANSWER : MESSAGE);
        account.answered(System.nanoTime());
    }

    private Duration latency() {
        var random = ThreadLocalRandom.current();
        return switch (cell.latency()) {
            case JITTERED ->
                    Duration.ofMillis(random.nextInt(5, 51) + (random.nextInt(100) == 0 ? 200 : 0));
            case LATE -> Duration.ofMillis(random.nextInt(500, 3_001));
        };
    }

    private void tell(HttpExchange exchange, Account.Admission admission) {
        var headers = exchange.getResponseHeaders();
        for (var told : admission.told()) {
            switch (cell.headers()) {
                case ANTHROPIC -> {
                    var prefix = "anthropic-ratelimit-" + told.name();
                    headers.set(prefix + "-limit", Long.toString(told.limit()));
                    headers.set(prefix + "-remaining", Long.toString(told.remaining()));
                    if (cell.reset() != Cell.Reset.ABSENT) {
                        headers.set(prefix + "-reset", reset(told.untilFull()).toString());
                    }
                }
                case OPENAI -> {
                    var name = told.name();
                    headers.set("x-ratelimit-limit-" + name, Long.toString(told.limit()));
                    headers.set("x-ratelimit-remaining-" + name, Long.toString(told.remaining()));
                    headers.set(
                            "x-ratelimit-reset-" + name,
                            Math.ceilDiv(told.untilFull().toNanos(), 1_000_000_000L) + "s");
                }
                case NONE -> {}
            }
        }
    }

    private Instant reset(Duration untilFull) {
        var right =
                Instant.now()
                        .plus(untilFull)
                        .plusNanos(999_999_999)
                        .truncatedTo(ChronoUnit.SECONDS);
        return switch (cell.reset()) {
            case RIGHT, ABSENT -> right;
            case PAST -> right.minusSeconds(30);
            case MINUTE_OFF -> right.plusSeconds(60);
            case OTHER_ZONE -> right.plusSeconds(3600);
        };
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
