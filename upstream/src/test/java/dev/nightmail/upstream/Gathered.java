package dev.nightmail.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.ForwardOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** A sink that keeps what it is given, and insists on the order of its calls. */
public class Gathered implements AnswerSink {

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;
    private Map<String, String> headers = Map.of();
    private boolean ended;
    private boolean aborted;
    private String brokenOffBy = "";
    private int idles;

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
    public void breakOff(JsonBytes error) {
        requireOpen();
        aborted = true;
        brokenOffBy = new String(error.array(), 0, error.length(), UTF_8);
    }

    @Override
    public void abort(Throwable cause) {
        requireOpen();
        aborted = true;
    }

    @Override
    public void idle() {
        requireOpen();
        idles++;
    }

    /**
     * Takes a refusal as a client would, of whom nothing but the call knows.
     *
     * @return what the outcome tells of the upstream
     */
    public ForwardOutcome.News take(ForwardOutcome outcome) {
        if (outcome instanceof ForwardOutcome.Refused refused) {
            if (status != 0 || ended || aborted) {
                throw new IllegalStateException("a refusal of which something was passed on");
            }
            try {
                refused.passOn(this);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return outcome.news();
    }

    /** The error with which it was broken off; empty if it was not. */
    public String brokenOffBy() {
        return brokenOffBy;
    }

    /** How often it was told that the upstream is waited for. */
    public int idles() {
        return idles;
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
