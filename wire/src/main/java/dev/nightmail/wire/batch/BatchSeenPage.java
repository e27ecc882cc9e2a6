package dev.nightmail.wire.batch;

import java.util.List;

/**
 * A page of a service's batches.
 *
 * @param unreadable entries that name no batch, so that nobody can look at it
 */
public record BatchSeenPage(List<BatchSeen> batches, boolean hasMore, int unreadable) {
    public BatchSeenPage {
        batches = List.copyOf(batches);
    }
}
