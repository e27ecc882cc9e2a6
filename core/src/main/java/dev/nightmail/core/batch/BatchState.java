package dev.nightmail.core.batch;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a batch stands. Mirrors {@code processing_status} on the wire, where an archived batch
 * still is {@code ended}.
 */
public sealed interface BatchState {

    record InProgress() implements BatchState {}

    record Canceling(Instant requestedAt) implements BatchState {}

    /** Every request is settled and the results can be read. */
    record Ended(Instant endedAt, @Nullable Instant cancelRequestedAt) implements BatchState {}

    /** The results are gone; the batch can still be looked at. */
    record Archived(Instant endedAt, @Nullable Instant cancelRequestedAt, Instant archivedAt)
            implements BatchState {}
}
