package dev.nightmail.pipeline.stdio;

import dev.nightmail.pipeline.source.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Standard input byte by byte, with the number of the line. Memory holds one buffer. A byte order
 * mark at the beginning is left out.
 */
final class InputBytes {

    static final int END = -1;

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final byte[] UTF_8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;
    private boolean ended;
    private long line = 1;

    InputBytes(InputStream in) {
        this.in = in;
        skipMark();
    }

    /** The next byte, 0 to 255, or {@link #END}. */
    int next() {
        if (start == end && !fill()) {
            return END;
        }
        int next = buffer[start++] & 0xFF;
        if (next == '\n') {
            line++;
        }
        return next;
    }

    /** The line of the byte that comes next, counted from 1. */
    long line() {
        return line;
    }

    /** What comes next up to a line feed, or as much of it as a buffer holds; it stays to come. */
    String peekLine() {
        int feed = -1;
        while (feed < 0) {
            for (int index = start; index < end && feed < 0; index++) {
                feed = buffer[index] == '\n' ? index : -1;
            }
            if (feed < 0 && !more()) {
                feed = end;
            }
        }
        // Only its delimiters are looked at, which are the same bytes in every encoding.
        return new String(buffer, start, feed - start, StandardCharsets.ISO_8859_1);
    }

    private void skipMark() {
        while (end < UTF_8_MARK.length && more()) {
            // A pipe may give one byte at a time.
        }
        if (end >= 2 && isUtf16Mark(buffer[0], buffer[1])) {
            throw new SourceException(
                    "source.stdin: standard input is UTF-16: convert it with \"iconv -f utf-16 -t utf-8\" before");
        }
        if (end >= UTF_8_MARK.length
                && Arrays.equals(buffer, 0, UTF_8_MARK.length, UTF_8_MARK, 0, UTF_8_MARK.length)) {
            start = UTF_8_MARK.length;
        }
    }

    private static boolean isUtf16Mark(byte first, byte second) {
        return (first == (byte) 0xFF && second == (byte) 0xFE)
                || (first == (byte) 0xFE && second == (byte) 0xFF);
    }

    /** Reads into an empty buffer. */
    private boolean fill() {
        start = 0;
        end = 0;
        return more();
    }

    /** Reads behind what is there; false if there is no more, or no room for it. */
    private boolean more() {
        if (ended || end == buffer.length) {
            return false;
        }
        try {
            int read = in.read(buffer, end, buffer.length - end);
            ended = read < 0;
            end += Math.max(read, 0);
            return !ended;
        } catch (ClosedByInterruptException e) {
            // Whoever hears of it here has a server to close, which must not be hurried.
            Thread.interrupted();
            throw new SourceException(
                    "source.stdin: stopped while standard input was read. Nothing was sent", e);
        } catch (IOException e) {
            throw new SourceException(
                    "source.stdin: standard input cannot be read: " + e.getMessage(), e);
        }
    }
}
