package dev.nightmail.journal.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.journal.disk.DiskFile;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Writes lines to the end of a file through one buffer of fixed size, however long a line is. One
 * thread.
 */
public final class LineWriter {

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long SPACES = 0x2020202020202020L;

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
            flatten(used, used + part);
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

    private void flatten(int from, int to) {
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            long eight = (long) EIGHT_BYTES.get(buffer, i);
            // Most JSON comes without any control character, so look at eight bytes at a time: the
            // expression is zero unless one of them is below a space.
            if (((eight - SPACES) & ~eight & HIGH_BITS) != 0) {
                flattenEach(i, i + Long.BYTES);
            }
        }
        flattenEach(i, to);
    }

    private void flattenEach(int from, int to) {
        for (int i = from; i < to; i++) {
            if (buffer[i] == '\n' || buffer[i] == '\r') {
                buffer[i] = ' ';
            }
        }
    }
}
