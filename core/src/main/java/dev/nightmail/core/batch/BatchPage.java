package dev.nightmail.core.batch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of batches, newest first.
 *
 * @param hasMore whether more lie beyond it in the direction of travel
 */
public record BatchPage(List<Batch> batches, boolean hasMore) {

    public BatchPage {
        batches = List.copyOf(batches);
    }

    /**
     * Which page: the newest, the one directly after (older than) a cursor, or the one directly
     * before (newer than) it. The cursor's batch need not exist any more.
     *
     * @param limit at least 1
     */
    public record Query(int limit, Place place) {}

    public sealed interface Place {
        record Newest() implements Place {}

        record After(BatchId cursor) implements Place {}

        record Before(BatchId cursor) implements Place {}
    }

    public @Nullable BatchId firstId() {
        return batches.isEmpty() ? null : batches.getFirst().id();
    }

    public @Nullable BatchId lastId() {
        return batches.isEmpty() ? null : batches.getLast().id();
    }
}
