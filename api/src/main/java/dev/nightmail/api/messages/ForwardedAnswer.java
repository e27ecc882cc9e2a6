package dev.nightmail.api.messages;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.api.exchange.ClientGoneException;
import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.api.wire.WireJson;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Passes an upstream's answer to the client, byte by byte as it comes. Only an error is held until
 * it is whole: one that brings no {@code request-id} of its own is given ours, since header and
 * body have to agree.
 *
 * <p>A client that waits for a stream is shown that we are there: once an upstream has been silent
 * for a while, the answer begins without it, and a {@code ping} follows each time as much silence
 * has passed. An error that comes after that is an event.
 */
final class ForwardedAnswer implements AnswerSink {

    /**
     * A refusal nearly always comes within moments, and keeps its status so. Proxies give up after
     * 30 seconds at the soonest, mostly after 60.
     */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /** A reset may overtake what was said just before it, and discards it then. */
    private static final Duration BEFORE_RESET = Duration.ofMillis(200);

    /** They describe the upstream's connection, not ours. */
    private static final Set<String> CONNECTION_HEADERS =
            Set.of("connection", "keep-alive", "transfer-encoding", "content-length", "server");

    private static final String REQUEST_ID = "request-id";
    private static final String EVENT_STREAM = "text/event-stream";
    private static final String NO_CACHE = "no-cache";
    private static final byte[] PING =
            "event: ping\ndata: {\"type\": \"ping\"}\n\n".getBytes(UTF_8);
    private static final int ERROR_BYTES_MAX = 1024 * 1024;
    private static final int ERROR_STATUS_MIN = 400;

    private final Exchange exchange;
    private final boolean streams;
    private Instant lastWordAt;
    private int status;

    /** Whether what the client gets is events. */
    private boolean events;

    /** What cannot be passed on as it comes. */
    private @Nullable ByteArrayOutputStream held;

    private boolean complete;
    private boolean broken;
    private @Nullable Throwable brokenBy;

    /**
     * @param streams whether the client asks for a stream
     */
    ForwardedAnswer(Exchange exchange, boolean streams) {
        this.exchange = exchange;
        this.streams = streams;
        this.lastWordAt = exchange.now();
    }

    @Override
    public void begin(int answerStatus, Map<String, String> headers) {
        status = answerStatus;
        var contentType = headers.getOrDefault("content-type", "");
        boolean isStream = status < ERROR_STATUS_MIN && contentType.startsWith(EVENT_STREAM);
        if (!isStream && (events || status >= ERROR_STATUS_MIN)) {
            held = new ByteArrayOutputStream();
        }
        if (events) {
            // The head of the answer is with the client already.
            return;
        }
        var response = exchange.response();
        response.setStatus(status);
        headers.forEach((name, value) -> {
            // Which web pages may read it is for this server to say, not for the upstream.
            if (name.equals("vary")) {
                // By what it says itself an answer varies too: by origin.
                response.getHeaders().add(name, value);
            } else if (!CONNECTION_HEADERS.contains(name) && !name.startsWith("access-control-")) {
                response.getHeaders().put(name, value);
            }
        });
        if (isStream) {
            events = true;
            exchange.beginEventStream(contentType, headers.getOrDefault("cache-control", NO_CACHE));
        } else if (held == null) {
            exchange.requireEnd();
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        var kept = held;
        if (kept == null) {
            send(false, ByteBuffer.wrap(bytes, offset, length));
        } else if (kept.size() + length <= ERROR_BYTES_MAX) {
            kept.write(bytes, offset, length);
        }
    }

    private void send(boolean last, ByteBuffer bytes) throws IOException {
        exchange.write(last, bytes);
        lastWordAt = exchange.now();
    }

    @Override
    public void idle() throws IOException {
        boolean mayPing = events || (streams && status == 0);
        if (!mayPing || exchange.now().isBefore(lastWordAt.plus(SILENCE))) {
            return;
        }
        if (!events) {
            events = true;
            exchange.response().setStatus(200);
            exchange.beginEventStream(EVENT_STREAM + "; charset=utf-8", NO_CACHE);
        }
        send(false, ByteBuffer.wrap(PING));
    }

    @Override
    public void end() throws IOException {
        var kept = held;
        complete = true;
        if (kept == null) {
            send(true, ByteBuffer.allocate(0));
        } else if (!events) {
            exchange.respond(status, error(kept.toByteArray()));
        } else if (status >= ERROR_STATUS_MIN) {
            send(true, event(error(kept.toByteArray())));
        } else {
            send(
                    true,
                    event(
                            WireJson.error(
                                    ErrorType.API_ERROR,
                                    "the upstream answered without streaming, though it was asked to",
                                    null,
                                    requestId())));
        }
    }

    /** The error as it came if it says for itself to which request it belongs. */
    private byte[] error(byte[] body) {
        return exchange.response().getHeaders().contains(REQUEST_ID, exchange.requestId())
                ? UpstreamError.signed(body, status, exchange.requestId())
                : body;
    }

    private String requestId() {
        var id = exchange.response().getHeaders().get(REQUEST_ID);
        return id == null ? exchange.requestId() : id;
    }

    private static ByteBuffer event(byte[] error) {
        var out = new ByteArrayOutputStream(error.length + 24);
        out.writeBytes("event: error\ndata: ".getBytes(UTF_8));
        out.writeBytes(error);
        out.writeBytes("\n\n".getBytes(UTF_8));
        return ByteBuffer.wrap(out.toByteArray());
    }

    @Override
    public void breakOff(JsonBytes error) {
        broken = true;
        if (!events) {
            return;
        }
        try {
            send(false, event(UpstreamError.signed(error.array(), 500, requestId())));
            LockSupport.parkNanos(BEFORE_RESET.toNanos());
        } catch (IOException e) {
            brokenBy = e;
        }
    }

    @Override
    public void abort(Throwable cause) {
        broken = true;
        brokenBy = cause;
    }

    /**
     * @throws ForwardBrokenException if the client has got a part of it
     * @throws ClientGoneException if it was to get nothing
     */
    void requireComplete() throws ForwardBrokenException, ClientGoneException {
        if (complete && !broken) {
            return;
        }
        if (exchange.response().isCommitted()) {
            throw new ForwardBrokenException(brokenBy);
        }
        if (status == 0 && brokenBy != null) {
            // Broken off before it began: there is nothing to tell but that.
            throw exchange.hangUp(brokenBy);
        }
        throw ApiError.of(ErrorType.API_ERROR, "the upstream broke off before its answer began");
    }
}
