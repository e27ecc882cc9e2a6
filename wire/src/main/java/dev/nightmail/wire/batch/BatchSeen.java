package dev.nightmail.wire.batch;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A batch, as a service describes it.
 *
 * @param id never empty
 * @param createdAt null where the service does not say it in a way that can be read
 * @param requests in it, whatever became of them, as the service counts them: fewer than there are
 *     while it has not counted all
 * @param archived whether the service says that it does not have its results any more
 */
public record BatchSeen(
        String id, @Nullable Instant createdAt, boolean ended, int requests, boolean archived) {

    public BatchSeen {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("a batch without an id cannot be asked for");
        }
    }
}
