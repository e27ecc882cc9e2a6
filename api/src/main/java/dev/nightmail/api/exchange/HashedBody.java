package dev.nightmail.api.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A body whose SHA-256 is taken while it is read, block by block on another thread: over a large
 * body that takes half as long as everything else that is done with it. One thread reads; of a body
 * that is given up on nothing is left at work for longer than a block.
 */
public final class HashedBody extends BodyStream {

    private static final int BLOCK_BYTES = 256 * 1024;

    private final InputStream body;
    private final Executor executor;
    private final MessageDigest sha256;
    private byte[] block = new byte[BLOCK_BYTES];
    private byte[] spare = new byte[BLOCK_BYTES];
    private int filled;
    private CompletableFuture<Void> hashing = CompletableFuture.runAsync(() -> {}, Runnable::run);

    public HashedBody(InputStream body, Executor executor) {
        this.body = body;
        this.executor = executor;
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = body.read(target, offset, length);
        // The target is the reader's to overwrite, so what is hashed later has to be copied.
        int taken = 0;
        while (taken < read) {
            int part = Math.min(read - taken, block.length - filled);
            System.arraycopy(target, offset + taken, block, filled, part);
            filled += part;
            taken += part;
            if (filled == block.length) {
                hashBlock();
            }
        }
        return read;
    }

    private void hashBlock() {
        hashing.join();
        var full = block;
        int bytes = filled;
        hashing = CompletableFuture.runAsync(() -> sha256.update(full, 0, bytes), executor);
        block = spare;
        spare = full;
        filled = 0;
    }

    @Override
    public void close() throws IOException {
        body.close();
    }

    /** Of everything read so far, in lower-case hex; to be asked for once. */
    public String sha256() {
        hashBlock();
        hashing.join();
        return HexFormat.of().formatHex(sha256.digest());
    }
}
