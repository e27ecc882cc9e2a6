package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.UnreachableException;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.ReleaseReason;
import dev.nightmail.pipeline.state.StoredBatch;

/**
 * Turns an intended batch into a submitted one, once. See {@code dev.nightmail.pipeline.state} for
 * what a crash at each step leaves behind and how it is found again.
 */
final class Submitter {

    /** How often a batch that cannot be found is sent again before the run gives up. */
    private static final int REPEATS_MAX = 3;

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

    /** Sends a batch that was cut just now. */
    void submit(StoredBatch batch) throws InterruptedException {
        try {
            submitted(batch, create(batch), false);
        } catch (AnswerLostException _) {
            resolve(batch);
        }
    }

    /**
     * Finds out what became of a batch whose create call got no answer, in this run or in an
     * earlier one.
     */
    void resolve(StoredBatch batch) throws InterruptedException {
        for (int repeat = 1; repeat <= REPEATS_MAX; repeat++) {
            if (found(batch, repeat)) {
                return;
            }
            if (!state.batches().isWanted(batch)) {
                state.inTransaction(() -> state.batches().release(batch, ReleaseReason.ABANDONED));
                return;
            }
            try {
                submitted(batch, create(batch), client.endpoint().honoursIdempotencyKeys());
                return;
            } catch (AnswerLostException e) {
                if (repeat == REPEATS_MAX) {
                    throw e;
                }
            }
        }
    }

    private boolean found(StoredBatch batch, int repeat) throws InterruptedException {
        if (client.endpoint().honoursIdempotencyKeys()) {
            // The same key finds it, or makes it: no need to look.
            return false;
        }
        var found = finder.find(batch);
        if (found.isEmpty() && repeat == 1) {
            environment.pause().pause(environment.limits().lookAgainAfter());
            found = finder.find(batch);
        }
        if (found.isEmpty()) {
            return false;
        }
        submitted(batch, found.get(), true);
        return true;
    }

    private BatchSnapshot create(StoredBatch batch) throws InterruptedException {
        try (var body = state.batches().body(batch)) {
            return client.create(body.content(), batch.idempotencyKey());
        } catch (RefusedException | UnreachableException e) {
            // Nothing was taken: the records are free for the next run, which may cut them
            // otherwise.
            state.inTransaction(() -> state.batches().release(batch, ReleaseReason.REFUSED));
            throw e;
        }
    }

    private void submitted(StoredBatch batch, BatchSnapshot snapshot, boolean found) {
        state.inTransaction(
                () -> state.batches().submitted(batch, snapshot.id(), snapshot.createdAt()));
        listener.on(
                new RunEvent.BatchSubmitted(
                        batch.number(), snapshot.id(), batch.requests(), found));
    }
}
