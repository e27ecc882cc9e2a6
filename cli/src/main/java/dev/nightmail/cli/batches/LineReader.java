package dev.nightmail.cli.batches;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a file that hold something, as bytes; one is in memory at a time. */
final class LineReader implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;
    private byte[] line = {};
    private long number;

    LineReader(InputStream in) {
        this.in = in;
    }

    /** Moves to the next line that is not blank; false at the end. */
    boolean next() throws IOException {
        while (true) {
            var read = read();
            if (read == null) {
                return false;
            }
            number++;
            line = number == 1 ? withoutMark(read) : read;
            if (!isBlank(line)) {
                return true;
            }
        }
    }

    /** Without its line feed. */
    byte[] line() {
        return line;
    }

    /** Counted from 1, blank ones too: as editors count. */
    long number() {
        return number;
    }

    private byte @Nullable [] read() throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (true) {
            for (int index = start; index < end; index++) {
                if (buffer[index] == '\n') {
                    bytes.write(buffer, start, index - start);
                    start = index + 1;
                    return bytes.toByteArray();
                }
            }
            bytes.write(buffer, start, end - start);
            start = 0;
            end = in.read(buffer);
            if (end < 0) {
                end = 0;
                return bytes.size() == 0 ? null : bytes.toByteArray();
            }
        }
    }

    private static byte[] withoutMark(byte[] line) {
        var marked =
                line.length >= BYTE_ORDER_MARK.length
                        && Arrays.equals(
                                line,
                                0,
                                BYTE_ORDER_MARK.length,
                                BYTE_ORDER_MARK,
                                0,
                                BYTE_ORDER_MARK.length);
        return marked ? Arrays.copyOfRange(line, BYTE_ORDER_MARK.length, line.length) : line;
    }

    private static boolean isBlank(byte[] line) {
        for (var character : line) {
            if (character != ' ' && character != '\t' && character != '\r') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
