package dev.nightmail.journal.format;

import dev.nightmail.journal.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * Writes a file while its next block is being filled, and now and then brings what was written to
 * stable storage while more is written: at the end of a large file little is left to wait for.
 *
 * <p>At most one write and one flush are under way, on whatever threads the executor has; if it
 * runs what it is given at once, everything happens in the order of the calls. What fails is told
 * by every later call. One thread uses it.
 */
public final class WriteBehind implements BlockSink {

    /** A fast disk takes as long for this as it takes us to have it ready. */
    private static final long FLUSH_BYTES = 32L * 1024 * 1024;

    private final DiskFile file;
    private final Aside write;
    private final Aside flush;
    private byte[] spare;
    private long unflushedBytes;

    /**
     * @param blockBytes the size of the blocks
     */
    public WriteBehind(DiskFile file, int blockBytes, Executor executor) {
        this.file = file;
        this.write = new Aside(executor);
        this.flush = new Aside(executor);
        this.spare = new byte[blockBytes];
    }

    @Override
    public byte[] take(byte[] block, int bytes, long position) throws IOException {
        write.start(() -> file.write(ByteBuffer.wrap(block, 0, bytes), position));
        // The write before this one is over, and its block free.
        var next = spare;
        spare = block;
        unflushedBytes += bytes;
        if (unflushedBytes >= FLUSH_BYTES && flush.isIdle()) {
            flush.start(file::force);
            unflushedBytes = 0;
        }
        return next;
    }

    /** Brings everything that was taken to stable storage. */
    public void force() throws IOException {
        write.await();
        flush.await();
        file.force();
    }

    /** Waits until nothing is under way, however it ends: only then can the file be closed. */
    public void settle() {
        write.settle();
        flush.settle();
    }
}
