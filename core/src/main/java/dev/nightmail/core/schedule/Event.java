package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestFacts;
import dev.nightmail.core.result.Settled;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.RelayOutcome;
import java.util.Set;

/** What the scheduler is told. */
public sealed interface Event {

    /**
     * A batch is there to be run: new, or found again after a restart with what was settled before.
     */
    record BatchAdmitted(Batch batch, RequestFacts requests, Settled settled) implements Event {}

    /** The batch is there, but its files could not be opened; it is asked for again. */
    record OpenFailed(Batch batch) implements Event {}

    /**
     * @param customId of the request, as it was read for the attempt
     */
    record AttemptFinished(long attempt, CustomId customId, AttemptOutcome outcome)
            implements Event {}

    /** An attempt was called off and has ended without an answer. */
    record AttemptAborted(long attempt) implements Event {}

    /**
     * The request of an attempt could not be read, so nothing was sent. Without it there is no
     * custom_id either, under which it could be errored: it can only be tried again.
     */
    record RequestUnreadable(long attempt) implements Event {}

    /**
     * The group that was to be appended is on stable storage.
     *
     * @param unnamed numbers of those requests whose results were left out, since their custom_id
     *     could not be read; normally none
     */
    record ResultsDurable(BatchId batch, Set<Integer> unnamed) implements Event {
        public ResultsDurable {
            unnamed = Set.copyOf(unnamed);
        }
    }

    /**
     * Storage refused the group; what of it got there is unknown until the log was opened again.
     */
    record AppendFailed(BatchId batch) implements Event {}

    /** The log was opened again after a failure. */
    record LogReopened(BatchId batch, Settled settled) implements Event {}

    /** Somebody wants the batch called off. */
    record CancelAsked(BatchId batch) implements Event {}

    /** The state that {@link Effect.RecordBatch} asked for is durable. */
    record BatchRecorded(Batch batch) implements Event {}

    /** It could not be made so; it is asked for again. */
    record RecordFailed(Batch batch) implements Event {}

    /**
     * An interactive call takes a place at an upstream, ahead of all batches, …
     *
     * @param call names it, unique in the life of the scheduler
     */
    record InteractiveStarted(String upstream, long call) implements Event {}

    /** … and gives it back. */
    record InteractiveFinished(String upstream, long call, RelayOutcome outcome) implements Event {}

    /** No new calls from here on; those in flight may finish. */
    record StopAsked() implements Event {}

    /** Time has passed. */
    record Tick() implements Event {}
}
