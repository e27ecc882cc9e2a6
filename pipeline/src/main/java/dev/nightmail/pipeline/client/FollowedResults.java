package dev.nightmail.pipeline.client;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/**
 * The results of a batch as they settle, from an offset to their end. A connection that breaks is
 * taken up where it broke. One thread.
 */
public final class FollowedResults {

    /** How long the server may hold an answer back until there is something to say. */
    private static final Duration WAIT = Duration.ofSeconds(30);

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int RESUMPTIONS_MAX = 8;

    private final BatchesClient client;
    private final String batchId;
    private final Pause pause;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private long offset;
    private int resumptions;

    /**
     * @param offset of the first byte that is wanted
     */
    public FollowedResults(BatchesClient client, String batchId, long offset, Pause pause) {
        this.client = client;
        this.batchId = batchId;
        this.offset = offset;
        this.pause = pause;
    }

    /**
     * Writes everything that is there and that comes, and returns when the batch has ended. What
     * one answer brought is flushed before the next is asked for.
     *
     * @return the offset of the end: how many bytes the results have in all
     * @throws IOException if the target fails
     * @throws UnreachableException if the connection broke more often than is worth taking up
     */
    public long copyTo(OutputStream target) throws IOException, InterruptedException {
        boolean ended = false;
        while (!ended) {
            try (var part = client.resultsFrom(batchId, offset, WAIT)) {
                ended = copy(part, target) && part.isLast();
            }
            target.flush();
        }
        return offset;
    }

    /** Whether all of it came. */
    private boolean copy(ResultsPart part, OutputStream target)
            throws IOException, InterruptedException {
        while (offset < part.nextOffset()) {
            int read = read(part);
            if (read < 0) {
                return false;
            }
            target.write(buffer, 0, read);
            offset += read;
            // Progress earns new patience.
            resumptions = 0;
        }
        return true;
    }

    /** Bytes read, or -1 if it broke off. */
    private int read(ResultsPart part) throws InterruptedException {
        IOException broken = null;
        try {
            int read = part.body().read(buffer);
            if (read >= 0) {
                return read;
            }
        } catch (IOException e) {
            broken = e;
        }
        if (++resumptions > RESUMPTIONS_MAX) {
            throw new UnreachableException(
                    "the results broke off after " + offset + " bytes",
                    broken == null ? new IOException("the answer is too short") : broken);
        }
        pause.pause(Duration.ofMillis(100L << resumptions));
        return -1;
    }
}
