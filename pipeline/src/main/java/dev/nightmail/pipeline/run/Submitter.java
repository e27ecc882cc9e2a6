package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.UnreachableException;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.ReleaseReason;
import dev.nightmail.pipeline.state.StoredBatch;
import java.util.Objects;

/**
 * Turns an intended batch into a submitted one, once. See {@code dev.nightmail.pipeline.state} for
 * what a crash at each step leaves behind and how it is found again.
 */
final class Submitter {

    private final BatchesClient client;
    private final PipelineState state;
    private final BatchFinder finder;
    private final RunEnvironment environment;
    private final ProgressListener listener;

    Submitter(
            BatchesClient client,
            PipelineState state,
            BatchFinder finder,
            RunEnvironment environment,
            ProgressListener listener) {
        this.client = client;
        this.state = state;
        this.finder = finder;
        this.environment = environment;
        this.listener = listener;
    }

    /**
     * Sends a batch that was cut just now.
     *
     * @throws AnswerLostException if it may exist: it stays intended, for {@link #resolve}
     */
    void submit(StoredBatch batch) throws InterruptedException {
        try {
            submitted(batch, create(batch), false);
        } catch (RefusedException | UnreachableException e) {
            // Nothing was taken: its records may be cut otherwise the next time.
            release(batch, ReleaseReason.REFUSED);
            throw e;
        }
    }

    /**
     * Finds out what became of a batch whose create call got no answer, in this run or in an
     * earlier one, and sends it again if it was never taken.
     *
     * @throws AnswerLostException if it still may exist or not
     */
    void resolve(StoredBatch batch) throws InterruptedException {
        listener.on(new RunEvent.BatchSought(batch.number(), batch.requests()));
        if (client.honoursIdempotencyKeys()) {
            resolveByKey(batch);
        } else {
            resolveByLooking(batch);
        }
    }

    /** The same key finds the batch, or makes it: no need to look. */
    private void resolveByKey(StoredBatch batch) throws InterruptedException {
        if (isAbandoned(batch)) {
            return;
        }
        try {
            submitted(batch, create(batch), true);
        } catch (RefusedException e) {
            // Only a refusal of the body itself says that no earlier create was taken either.
            if (e.isOfRequest() && (e.status() == 400 || e.status() == 413)) {
                release(batch, ReleaseReason.REFUSED);
            }
            throw e;
        }
    }

    private void resolveByLooking(StoredBatch batch) throws InterruptedException {
        var found = finder.find(batch);
        if (found.isEmpty()) {
            // It may still be on its way, or the list behind what is there.
            environment.pause().pause(environment.limits().lookAgainAfter());
            found = finder.find(batch);
        }
        if (found.isPresent()) {
            submitted(batch, found.get(), true);
        } else if (!isAbandoned(batch)) {
            submit(batch);
        }
    }

    /** Whether nobody waits for the batch any more; then it is not sent again. */
    private boolean isAbandoned(StoredBatch batch) {
        if (state.batches().isWanted(batch)) {
            return false;
        }
        release(batch, ReleaseReason.ABANDONED);
        return true;
    }

    private BatchSnapshot create(StoredBatch batch) throws InterruptedException {
        try (var body = state.batches().body(batch)) {
            return client.create(body.content(), batch.idempotencyKey(), batch.terms());
        }
    }

    private void release(StoredBatch batch, ReleaseReason reason) {
        state.inTransaction(() -> state.batches().release(batch, reason));
    }

    private void submitted(StoredBatch batch, BatchSnapshot snapshot, boolean found) {
        var createdAt =
                Objects.requireNonNullElseGet(
                        snapshot.createdAt(), () -> environment.clock().instant());
        state.inTransaction(() -> state.batches().submitted(batch, snapshot.id(), createdAt));
        listener.on(
                new RunEvent.BatchSubmitted(
                        batch.number(), snapshot.id(), batch.requests(), found));
    }
}
