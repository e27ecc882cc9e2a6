package dev.nightmail.journal.format;

import dev.nightmail.journal.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads a stretch of a file line by line, in large blocks. Its memory is one block, or the longest
 * line if that is longer. One thread.
 */
public final class LineReader {

    private static final int BLOCK_BYTES = 256 * 1024;

    private final DiskFile file;
    private final long to;
    private byte[] buffer = new byte[BLOCK_BYTES];
    private long bufferOffset;
    private int start;
    private int filled;
    private int lineEnd;

    /** Reads what lies from {@code from} up to {@code to}, both ends of lines. */
    public LineReader(DiskFile file, long from, long to) {
        this.file = file;
        this.bufferOffset = from;
        this.to = to;
    }

    /**
     * Goes to the next line.
     *
     * @return whether there is one that ends with a line feed
     */
    public boolean next() throws IOException {
        start = lineEnd;
        int searched = start;
        while (true) {
            for (int i = searched; i < filled; i++) {
                if (buffer[i] == '\n') {
                    lineEnd = i + 1;
                    return true;
                }
            }
            searched = filled - start;
            if (!fill()) {
                lineEnd = start;
                return false;
            }
        }
    }

    /** Moves the line that has begun to the front and reads more behind it. */
    private boolean fill() throws IOException {
        int begun = filled - start;
        if (begun == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.multiplyExact(buffer.length, 2));
        } else {
            System.arraycopy(buffer, start, buffer, 0, begun);
        }
        bufferOffset += start;
        start = 0;
        filled = begun;
        int wanted = (int) Math.min(buffer.length - begun, to - bufferOffset - begun);
        int read = file.read(ByteBuffer.wrap(buffer, begun, wanted), bufferOffset + begun);
        filled += read;
        return read > 0;
    }

    /** Where the line lies. */
    public Line line() {
        return new Line(offset(), length(), Crc.of(buffer, start, length()));
    }

    public long offset() {
        return bufferOffset + start;
    }

    /** In bytes, its line feed included. */
    public int length() {
        return lineEnd - start;
    }

    /** The array that holds the line, from {@link #start}; good until the next line is read. */
    public byte[] array() {
        return buffer;
    }

    public int start() {
        return start;
    }
}
