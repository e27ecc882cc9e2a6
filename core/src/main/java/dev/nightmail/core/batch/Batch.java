package dev.nightmail.core.batch;

import dev.nightmail.core.batch.BatchEvent.BatchEnded;
import dev.nightmail.core.batch.BatchEvent.CancelRequested;
import dev.nightmail.core.batch.BatchEvent.ResultsArchived;
import dev.nightmail.core.batch.BatchEvent.ResultsSettled;
import dev.nightmail.core.batch.BatchState.Archived;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.batch.BatchState.Ended;
import dev.nightmail.core.batch.BatchState.InProgress;
import dev.nightmail.core.batch.Decision.Refusal;
import dev.nightmail.core.result.RequestCounts;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A batch: the fold of its events. Commands look at it and the time they are handed and answer with
 * a {@link Decision}; {@link #after} gives the next value, on the live path and in recovery alike.
 */
public record Batch(BatchHeader header, BatchState state, RequestCounts counts) {

    public Batch {
        if (counts.total() != header.requestCount()) {
            throw new IllegalArgumentException(
                    "counts of " + header.id() + " do not add up to its size");
        }
    }

    public static Batch accepted(BatchHeader header) {
        return new Batch(header, new InProgress(), RequestCounts.processing(header.requestCount()));
    }

    public BatchId id() {
        return header.id();
    }

    public Decision cancel(Instant now) {
        return switch (state) {
            case InProgress _ -> Decision.accept(new CancelRequested(now));
            // A client that lost our first answer asks again, and must read the same answer.
            case Canceling _ -> Decision.accept();
            case Ended _, Archived _ -> Decision.refuse(Refusal.ALREADY_ENDED);
        };
    }

    /** Ends the batch; {@code at} is when its last request settled. */
    public Decision end(Instant at) {
        return switch (state) {
            case InProgress _, Canceling _ ->
                    counts.allSettled()
                            ? Decision.accept(new BatchEnded(at))
                            : Decision.refuse(Refusal.NOT_ALL_SETTLED);
            case Ended _, Archived _ -> Decision.accept();
        };
    }

    public Decision archive(Instant now) {
        return switch (state) {
            case InProgress _, Canceling _ -> Decision.refuse(Refusal.STILL_PROCESSING);
            case Ended _ -> Decision.accept(new ResultsArchived(now));
            case Archived _ -> Decision.accept();
        };
    }

    /** Deleting has no event: afterwards there is nothing left to have one. */
    public Decision delete() {
        return switch (state) {
            case InProgress _, Canceling _ -> Decision.refuse(Refusal.STILL_PROCESSING);
            case Ended _, Archived _ -> Decision.accept();
        };
    }

    public Batch after(BatchEvent event) {
        return switch (event) {
            case CancelRequested(var at) -> new Batch(header, new Canceling(at), counts);
            case ResultsSettled(var settled) -> new Batch(header, state, settled);
            case BatchEnded(var at) ->
                    new Batch(header, new Ended(at, cancelRequestedAt()), counts);
            case ResultsArchived(var at) -> archivedAt(at);
        };
    }

    private Batch archivedAt(Instant at) {
        return switch (state) {
            case Ended(var endedAt, var cancelRequestedAt) ->
                    new Batch(header, new Archived(endedAt, cancelRequestedAt, at), counts);
            case InProgress _, Canceling _, Archived _ ->
                    throw new IllegalStateException(
                            "only an ended batch is archived: " + header.id());
        };
    }

    public @Nullable Instant cancelRequestedAt() {
        return switch (state) {
            case InProgress _ -> null;
            case Canceling(var at) -> at;
            case Ended(var _, var at) -> at;
            case Archived(var _, var at, var _) -> at;
        };
    }

    public @Nullable Instant endedAt() {
        return switch (state) {
            case InProgress _, Canceling _ -> null;
            case Ended(var at, var _) -> at;
            case Archived(var at, var _, var _) -> at;
        };
    }

    public @Nullable Instant archivedAt() {
        return state instanceof Archived(var _, var _, var at) ? at : null;
    }

    public boolean isOver() {
        return endedAt() != null;
    }
}
