package dev.nightmail.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.upstream.AnswerSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;

/** A sink that keeps what it is given, and insists on the order of its calls. */
public class Gathered implements AnswerSink {

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;
    private Map<String, String> headers = Map.of();
    private boolean ended;
    private boolean aborted;

    @Override
    public void begin(int answerStatus, Map<String, String> answerHeaders) {
        requireOpen();
        if (status != 0) {
            throw new IllegalStateException("begun twice");
        }
        status = answerStatus;
        headers = Map.copyOf(answerHeaders);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        requireOpen();
        if (status == 0) {
            throw new IllegalStateException("written before begun");
        }
        body.write(bytes, offset, length);
    }

    @Override
    public void end() {
        requireOpen();
        if (status == 0) {
            throw new IllegalStateException("ended before begun");
        }
        ended = true;
    }

    @Override
    public void abort(Throwable cause) {
        requireOpen();
        aborted = true;
    }

    private void requireOpen() {
        if (ended || aborted) {
            throw new IllegalStateException("used after its end");
        }
    }

    public int status() {
        return status;
    }

    public Map<String, String> headers() {
        return headers;
    }

    public String text() {
        return body.toString(UTF_8);
    }

    public boolean isEnded() {
        return ended;
    }

    public boolean isAborted() {
        return aborted;
    }
}
