package dev.nightmail.journal.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file. Reading is safe for many threads; one thread at a time writes, and another may
 * force meanwhile.
 */
public interface DiskFile extends Closeable {

    long length() throws IOException;

    /**
     * Reads from {@code position} until the buffer is full or the file ends.
     *
     * @return bytes read, 0 at the end of the file
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes all of the buffer at {@code position}, which is at most the file's length. */
    void write(ByteBuffer source, long position) throws IOException;

    /**
     * Writes one byte that is there, as {@link #write} does, but for any number of threads at once,
     * and cheaply enough to be done for each of thousands of calls a second.
     */
    default void set(byte value, long position) throws IOException {
        write(ByteBuffer.wrap(new byte[] {value}), position);
    }

    /** On return every byte written before is on stable storage, and the length with it. */
    void force() throws IOException;

    void truncate(long length) throws IOException;

    /**
     * Whether the name by which it was opened still leads to it: not so once somebody has removed
     * or replaced the file. What is written to it from then on nobody will ever find.
     */
    default boolean isInPlace() throws IOException {
        return true;
    }
}
