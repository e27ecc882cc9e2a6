package dev.nightmail.engine;

import dev.nightmail.core.upstream.AnswerSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Passes on what is no refusal, and holds one back until it is clear whether somebody else is asked
 * instead. One that is longer than errors are is passed on too.
 */
final class HeldRefusal implements AnswerSink {

    private static final int ERROR_STATUS_MIN = 400;
    private static final int BYTES_MAX = 64 * 1024;

    private final AnswerSink client;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;
    private Map<String, String> headers = Map.of();
    private boolean held;
    private boolean ended;
    private @Nullable Throwable broken;

    HeldRefusal(AnswerSink client) {
        this.client = client;
    }

    /** Whether there is one, and nothing of it has been passed on. */
    boolean isHeld() {
        return held;
    }

    @Override
    public void begin(int answerStatus, Map<String, String> answerHeaders) throws IOException {
        if (answerStatus < ERROR_STATUS_MIN) {
            client.begin(answerStatus, answerHeaders);
            return;
        }
        held = true;
        status = answerStatus;
        headers = answerHeaders;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (held && body.size() + length > BYTES_MAX) {
            passOn();
        }
        if (held) {
            body.write(bytes, offset, length);
        } else {
            client.write(bytes, offset, length);
        }
    }

    @Override
    public void end() throws IOException {
        if (held) {
            ended = true;
        } else {
            client.end();
        }
    }

    @Override
    public void abort(Throwable cause) {
        if (held) {
            broken = cause;
        } else {
            client.abort(cause);
        }
    }

    /** The client gets what was held, and whatever comes after it. */
    void passOn() throws IOException {
        if (!held) {
            return;
        }
        held = false;
        client.begin(status, headers);
        client.write(body.toByteArray(), 0, body.size());
        if (broken != null) {
            client.abort(broken);
        } else if (ended) {
            client.end();
        }
    }
}
