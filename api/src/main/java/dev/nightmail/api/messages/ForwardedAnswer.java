package dev.nightmail.api.messages;

import dev.nightmail.api.exchange.ClientGoneException;
import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.core.upstream.AnswerSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Passes an upstream's answer to the client, byte by byte as it comes. Only an error that brings no
 * {@code request-id} of its own is held until it is whole, to be given ours: header and body have
 * to agree.
 */
final class ForwardedAnswer implements AnswerSink {

    /** They describe the upstream's connection, not ours. */
    private static final Set<String> CONNECTION_HEADERS =
            Set.of("connection", "keep-alive", "transfer-encoding", "content-length", "server");

    private static final int ERROR_BYTES_MAX = 1024 * 1024;
    private static final int ERROR_STATUS_MIN = 400;

    private final Exchange exchange;
    private int status;
    private @Nullable ByteArrayOutputStream heldError;
    private boolean complete;
    private @Nullable Throwable brokenBy;

    ForwardedAnswer(Exchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public void begin(int status, Map<String, String> headers) {
        this.status = status;
        exchange.response().setStatus(status);
        headers.forEach((name, value) -> {
            if (!CONNECTION_HEADERS.contains(name)) {
                exchange.response().getHeaders().put(name, value);
            }
        });
        if (status >= ERROR_STATUS_MIN && !headers.containsKey("request-id")) {
            heldError = new ByteArrayOutputStream();
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        var held = heldError;
        if (held == null) {
            exchange.write(false, ByteBuffer.wrap(bytes, offset, length));
        } else if (held.size() + length <= ERROR_BYTES_MAX) {
            held.write(bytes, offset, length);
        }
    }

    @Override
    public void end() throws IOException {
        var held = heldError;
        complete = true;
        if (held == null) {
            exchange.write(true, ByteBuffer.allocate(0));
        } else {
            exchange.respond(
                    status, UpstreamError.signed(held.toByteArray(), status, exchange.requestId()));
        }
    }

    @Override
    public void abort(Throwable cause) {
        brokenBy = cause;
    }

    /**
     * @throws ForwardBrokenException if the client has not got all of it
     * @throws ClientGoneException if it was to get nothing
     */
    void requireComplete() throws ForwardBrokenException, ClientGoneException {
        if (brokenBy != null && status == 0) {
            // Broken off before it began: there is nothing to tell but that.
            throw exchange.hangUp(brokenBy);
        }
        if (!complete || brokenBy != null) {
            throw new ForwardBrokenException(brokenBy);
        }
    }
}
