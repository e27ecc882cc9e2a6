package dev.nightmail.upstream.anthropic;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.core.upstream.AnswerSink;
import java.io.IOException;
import java.util.Arrays;

/**
 * Passes an event stream on, event by event: each as it came, and only once it is whole, so that a
 * client that is told something else in between or instead does not find half an event before it. A
 * byte order mark in front is left out: it would make the first line one that no client knows.
 */
final class PassedEvents {

    /** Far above any event. */
    private static final int EVENT_BYTES_MAX = 16 << 20;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final byte[] NAME = "event:".getBytes(US_ASCII);

    private final AnswerSink sink;
    private byte[] held = new byte[1 << 10];
    private int length;

    /** Of what is held: how much was looked at, and where its last line begins. */
    private int scanned;

    private int line;
    private boolean afterReturn;
    private boolean begun;
    private boolean concluded;
    private String name = "";

    /** An event is longer than any should be. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1;
    }

    PassedEvents(AnswerSink sink) {
        this.sink = sink;
    }

    /** Whether there are events that wait for their end: nothing may be said in between then. */
    boolean isInside() {
        return length > 0;
    }

    /** Whether the message has come to its end, or to an error. */
    boolean isConcluded() {
        return concluded;
    }

    void take(byte[] bytes, int offset, int count) throws IOException {
        if (length + count > EVENT_BYTES_MAX) {
            throw new TooLongException();
        }
        if (length + count > held.length) {
            held = Arrays.copyOf(held, Math.max(2 * held.length, length + count));
        }
        System.arraycopy(bytes, offset, held, length, count);
        length += count;
        if (begun || isPastByteOrderMark()) {
            passOn(scan());
        }
    }

    private boolean isPastByteOrderMark() {
        int marks = Arrays.mismatch(held, 0, length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
        if (marks == length && length < BYTE_ORDER_MARK.length) {
            return false;
        }
        begun = true;
        if (marks < 0 || marks == BYTE_ORDER_MARK.length) {
            scanned = BYTE_ORDER_MARK.length;
            remove(BYTE_ORDER_MARK.length);
        }
        return true;
    }

    /**
     * @return where the last event that is whole ends
     */
    private int scan() {
        int whole = 0;
        for (; scanned < length; scanned++) {
            byte c = held[scanned];
            if (c == '\n' && afterReturn) {
                // The second half of a line's end.
                afterReturn = false;
                line = scanned + 1;
            } else if (c == '\n' || c == '\r') {
                afterReturn = c == '\r';
                if (scanned == line) {
                    endEvent();
                    whole = scanned + 1;
                } else {
                    readName(line, scanned);
                }
                line = scanned + 1;
            } else {
                afterReturn = false;
            }
        }
        return whole;
    }

    private void readName(int from, int to) {
        int behind = from + NAME.length;
        if (behind <= to && Arrays.equals(held, from, behind, NAME, 0, NAME.length)) {
            name = new String(held, behind, Math.min(to - behind, 64), US_ASCII).strip();
        }
    }

    /** A message whose reason to stop has been told is whole, though its last event be missing. */
    private void endEvent() {
        switch (name) {
            case "message_delta", "message_stop", "error" -> concluded = true;
            default -> {}
        }
        name = "";
    }

    private void passOn(int whole) throws IOException {
        if (whole > 0) {
            sink.write(held, 0, whole);
            remove(whole);
        }
    }

    private void remove(int count) {
        System.arraycopy(held, count, held, 0, length - count);
        length -= count;
        scanned -= count;
        line = Math.max(0, line - count);
    }

    /**
     * The stream is over: what is left is passed on, though the blank line behind it be missing.
     */
    void end() throws IOException {
        if (length > 0) {
            if (line < length) {
                readName(line, length);
            }
            endEvent();
            passOn(length);
        }
    }
}
