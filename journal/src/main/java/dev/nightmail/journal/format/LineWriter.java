package dev.nightmail.journal.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.core.json.LineBreaks;
import dev.nightmail.journal.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Writes lines to the end of a file through one buffer of fixed size, however long a line is. One
 * thread.
 */
public final class LineWriter {

    private final BlockSink sink;
    private byte[] buffer;
    private final CRC32C crc = new CRC32C();
    private int used;
    private long written;
    private long lineStart;

    /**
     * Writes in the calling thread.
     *
     * @param length of the file: the first line begins there
     * @param bufferBytes how much is written at a time
     */
    public LineWriter(DiskFile file, long length, int bufferBytes) {
        this(
                (block, bytes, position) -> {
                    file.write(ByteBuffer.wrap(block, 0, bytes), position);
                    return block;
                },
                length,
                bufferBytes);
    }

    /** The same, by way of a sink. */
    public LineWriter(BlockSink sink, long length, int bufferBytes) {
        this.sink = sink;
        this.buffer = new byte[bufferBytes];
        this.written = length;
        this.lineStart = length;
    }

    public void put(byte[] bytes) throws IOException {
        put(bytes, 0, bytes.length);
    }

    /** Puts short ASCII text. */
    public void put(String ascii) throws IOException {
        int length = ascii.length();
        if (buffer.length - used < length) {
            put(ascii.getBytes(US_ASCII));
            return;
        }
        for (int i = 0; i < length; i++) {
            buffer[used + i] = (byte) ascii.charAt(i);
        }
        used(length);
    }

    public void put(byte[] bytes, int offset, int length) throws IOException {
        int taken = 0;
        while (taken < length) {
            int part = Math.min(length - taken, room());
            System.arraycopy(bytes, offset + taken, buffer, used, part);
            used(part);
            taken += part;
        }
    }

    /** Puts JSON that may span lines: its line breaks become spaces. */
    public void putFlattened(byte[] json, int offset, int length) throws IOException {
        int taken = 0;
        while (taken < length) {
            int part = Math.min(length - taken, room());
            System.arraycopy(json, offset + taken, buffer, used, part);
            LineBreaks.toSpaces(buffer, used, used + part);
            used(part);
            taken += part;
        }
    }

    private int room() throws IOException {
        if (used == buffer.length) {
            flush();
        }
        return buffer.length - used;
    }

    private void used(int bytes) {
        crc.update(buffer, used, bytes);
        used += bytes;
    }

    /** Ends the line with a line feed and says where it lies. */
    public Line end() throws IOException {
        room();
        buffer[used] = '\n';
        used(1);
        var line = new Line(lineStart, Math.toIntExact(length() - lineStart), (int) crc.getValue());
        lineStart = length();
        crc.reset();
        return line;
    }

    /** Length the file has once everything is flushed. */
    public long length() {
        return written + used;
    }

    /** Hands everything on. It is not durable by that. */
    public void flush() throws IOException {
        buffer = sink.take(buffer, used, written);
        written += used;
        used = 0;
    }
}
