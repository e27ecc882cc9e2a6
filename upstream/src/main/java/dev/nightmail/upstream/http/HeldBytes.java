package dev.nightmail.upstream.http;

import dev.nightmail.core.memory.MemoryShare;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes of an answer that are kept, counted by a share of the memory for answers. One thread at a
 * time; the share is its owner's to close.
 *
 * <p>The first {@value #UNCOUNTED_BYTES} bytes are not counted: most answers are no longer, and so
 * cost no more than they did.
 */
public final class HeldBytes {

    private static final int UNCOUNTED_BYTES = 16 * 1024;
    private static final int FIRST_BYTES = 4096;

    /** An announcement is not yet a body: for more of it there is memory only as it comes. */
    private static final int ANNOUNCED_BYTES_MAX = 1 << 20;

    private final MemoryShare memory;
    private final int bytesMax;
    private byte[] bytes = {};
    private int length;
    private long announced;

    /**
     * @param bytesMax the most it can keep
     */
    public HeldBytes(MemoryShare memory, int bytesMax) {
        this.memory = memory;
        this.bytesMax = bytesMax;
    }

    public int length() {
        return length;
    }

    public int bytesMax() {
        return bytesMax;
    }

    /** Says how much is to come, as far as somebody says so. */
    void announce(long bodyBytes) {
        announced = bodyBytes;
    }

    /** Whether so much more can be kept at all. */
    public boolean canHold(int more) {
        return more <= bytesMax - length;
    }

    /**
     * Keeps more, if there is memory for it at once.
     *
     * @return false if there is not; nothing has been kept or consumed then
     */
    boolean tryAdd(ByteBuffer more) {
        int size = sizeFor(more.remaining());
        if (size > bytes.length) {
            if (!memory.tryTake(counted(size))) {
                return false;
            }
            resize(size);
        }
        put(more);
        return true;
    }

    /**
     * Keeps more, and waits for memory as long as its budget allows.
     *
     * @throws BrokenAnswer if there is none
     */
    void add(ByteBuffer more) throws BrokenAnswer, InterruptedException {
        int size = sizeFor(more.remaining());
        if (size > bytes.length) {
            if (!memory.take(counted(size))) {
                throw BrokenAnswer.noMemory();
            }
            resize(size);
        }
        put(more);
    }

    /**
     * As above, for a {@link BodyReceiver}, which passes on what this throws: the exchange then is
     * broken for lack of memory.
     */
    public void add(byte[] from, int offset, int count) throws IOException {
        try {
            add(ByteBuffer.wrap(from, offset, count));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        var failure = new InterruptedIOException("the exchange was called off");
        failure.initCause(cause);
        return failure;
    }

    private int sizeFor(int more) {
        if (!canHold(more)) {
            throw new IllegalStateException("more than can be held");
        }
        int needed = length + more;
        if (needed <= bytes.length) {
            return bytes.length;
        }
        if (announced >= needed && announced <= bytesMax) {
            // Exactly, so that it need not be copied at the end.
            if (announced <= ANNOUNCED_BYTES_MAX || needed > ANNOUNCED_BYTES_MAX) {
                return (int) announced;
            }
            return ANNOUNCED_BYTES_MAX;
        }
        return (int) Math.min(bytesMax, Math.max(Math.max(2L * bytes.length, FIRST_BYTES), needed));
    }

    /** Both arrays are there while one is copied into the other. */
    private void resize(int size) {
        var smaller = bytes;
        bytes = Arrays.copyOf(smaller, size);
        memory.give(counted(smaller.length));
    }

    private static long counted(int size) {
        return size <= UNCOUNTED_BYTES ? 0 : size;
    }

    private void put(ByteBuffer more) {
        int count = more.remaining();
        more.get(bytes, length, count);
        length += count;
    }

    /**
     * All that is kept, in an array of its own length.
     *
     * @throws BrokenAnswer if there is no memory for that
     */
    byte[] toArray() throws BrokenAnswer, InterruptedException {
        if (length != bytes.length) {
            if (!memory.take(counted(length))) {
                throw BrokenAnswer.noMemory();
            }
            resize(length);
        }
        return bytes;
    }

    /** A copy of the first bytes, of all if they are no more. */
    public byte[] beginning(int max) {
        return Arrays.copyOf(bytes, Math.min(length, max));
    }

    /** Gives away all that is kept, which is not counted any more, and begins anew. */
    public byte[] drain() throws IOException {
        if (bytes.length <= UNCOUNTED_BYTES) {
            // The buffer is good for what comes next.
            var all = Arrays.copyOf(bytes, length);
            length = 0;
            return all;
        }
        try {
            var all = toArray();
            clear();
            return all;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Lets go of what is kept, to begin anew. */
    public void clear() {
        memory.give(counted(bytes.length));
        bytes = new byte[0];
        length = 0;
    }
}
