package dev.nightmail.upstream.anthropic;

import dev.nightmail.core.memory.MemoryShare;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.upstream.http.BodyReceiver;
import dev.nightmail.upstream.http.HeldBytes;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.wire.UpstreamErrors;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts an answer into lines and hands each on as it is complete; memory holds one. An answer that
 * is no good is kept instead, as far as it can be an API error.
 */
final class ResultStream implements BodyReceiver {

    /** Far above any result; what is longer is passed over, and then is missing. */
    private static final int LINE_BYTES_MAX = 40 << 20;

    /** Far above any API error. */
    private static final int ERROR_BYTES_MAX = 1 << 20;

    private final BatchResults results;
    private final BatchUpstream.Receiver receiver;

    private int status;
    private HttpHeaders headers = HttpHeaders.NONE;
    private boolean good;
    private boolean mayBePage;
    private final HeldBytes held;
    private boolean tooLong;
    private int count;
    private boolean enough;
    private @Nullable InterruptedException interrupted;

    /**
     * @param memory for the line, or the error, that is held
     */
    ResultStream(BatchResults results, BatchUpstream.Receiver receiver, MemoryShare memory) {
        this.results = results;
        this.receiver = receiver;
        this.held = new HeldBytes(memory, LINE_BYTES_MAX);
    }

    @Override
    public void begin(int answerStatus, HttpHeaders answerHeaders) {
        status = answerStatus;
        headers = answerHeaders;
        good = Answers.isGood(status);
        // The results themselves came under several types over the years.
        mayBePage =
                good
                        && UpstreamErrors.contentType(headers)
                                .map(type -> type.equals("text/html"))
                                .orElse(false);
    }

    @Override
    public void body(byte[] bytes, int offset, int length) throws IOException {
        if (mayBePage) {
            judgePage(bytes, offset, length);
        }
        if (!good) {
            if (held.length() < ERROR_BYTES_MAX) {
                held.add(bytes, offset, length);
            }
            return;
        }
        int start = offset;
        for (int at = offset; at < offset + length; at++) {
            if (bytes[at] == '\n') {
                hold(bytes, start, at - start);
                line();
                start = at + 1;
            }
        }
        hold(bytes, start, offset + length - start);
    }

    /** Whatever it calls itself: results begin like JSON, and a page does not. */
    private void judgePage(byte[] bytes, int offset, int length) {
        for (int at = offset; at < offset + length; at++) {
            if (!isBlank(bytes[at])) {
                good = bytes[at] == '{';
                mayBePage = false;
                return;
            }
        }
    }

    /** White space, or of a byte order mark. */
    private static boolean isBlank(byte one) {
        return one == ' '
                || one == '\t'
                || one == '\r'
                || one == '\n'
                || one == (byte) 0xEF
                || one == (byte) 0xBB
                || one == (byte) 0xBF;
    }

    private void hold(byte[] bytes, int offset, int length) throws IOException {
        if (!held.canHold(length)) {
            tooLong = true;
            held.clear();
        }
        if (!tooLong) {
            held.add(bytes, offset, length);
        }
    }

    private void line() throws IOException {
        var line = held.drain();
        boolean whole = !tooLong && line.length > 0;
        tooLong = false;
        if (!whole) {
            return;
        }
        try {
            if (results.read(line, receiver)) {
                count++;
            } else {
                enough = true;
            }
        } catch (InterruptedException e) {
            interrupted = e;
        }
        if (enough || interrupted != null) {
            throw new IOException("no more is wanted");
        }
    }

    /** The answer is complete: what is left of it is a line that lacks its line feed. */
    void end() throws IOException {
        if (good) {
            line();
        }
    }

    boolean isGood() {
        return good && !mayBePage;
    }

    boolean isEnough() {
        return enough;
    }

    @Nullable InterruptedException interrupted() {
        return interrupted;
    }

    int count() {
        return count;
    }

    int status() {
        return status;
    }

    HttpHeaders headers() {
        return headers;
    }

    /** Of an answer that is no good. */
    byte[] error() throws IOException {
        return held.drain();
    }
}
