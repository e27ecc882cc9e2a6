package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.UnreachableException;
import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.decide.Report.Sending;
import dev.nightmail.pipeline.state.PilotBatches;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.StoredBatch;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Turns a prepared batch into a submitted one, once. See {@code dev.nightmail.pipeline.state} for
 * what a crash at each step leaves behind and how it is found again.
 */
final class Submitter {

    private static final int KEY_BYTES = 16;

    private final BatchesApi client;
    private final PipelineState state;
    private final BatchFinder finder;
    private final RunEnvironment environment;
    private final Messages messages;
    private final PilotBatches pilots;

    Submitter(
            BatchesApi client,
            PipelineState state,
            PilotBatches pilots,
            BatchFinder finder,
            RunEnvironment environment,
            Messages messages) {
        this.client = client;
        this.state = state;
        this.pilots = pilots;
        this.finder = finder;
        this.environment = environment;
        this.messages = messages;
    }

    /** Sends a prepared batch, or one that was looked for and is not there. */
    Sending send(int number, long likelyMicros, Billing billing, boolean beginsPilot)
            throws InterruptedException {
        var batch = state.batches().batch(number);
        if (isAbandoned(batch)) {
            return new Sending.Abandoned();
        }
        if (batch.intendedAt() == null) {
            batch = intend(batch, likelyMicros, billing, beginsPilot);
        }
        return create(batch, false);
    }

    private StoredBatch intend(
            StoredBatch prepared, long likelyMicros, Billing billing, boolean beginsPilot) {
        var intended = new StoredBatch[1];
        state.inTransaction(() -> {
            intended[0] =
                    state.batches()
                            .intend(
                                    prepared,
                                    idempotencyKey(),
                                    likelyMicros,
                                    billing,
                                    environment.clock().instant());
            if (beginsPilot) {
                pilots.begin(prepared);
            }
        });
        var batch = intended[0];
        messages.tell(new RunEvent.BatchIntended(batch.number(), batch.requests(), batch.bytes()));
        return batch;
    }

    /**
     * Finds out what became of a batch whose create call got no answer, in this run or in an
     * earlier one.
     */
    Sending seek(int number) throws InterruptedException {
        var batch = state.batches().batch(number);
        messages.tell(new RunEvent.BatchSought(batch.number(), batch.requests()));
        try {
            // The same key finds the batch, or makes it: somebody has to want it. One that nobody
            // waits for is looked for, since it may be there, and paid for.
            if (client.honoursIdempotencyKeys() && state.batches().isWanted(batch)) {
                return create(batch, true);
            }
            return switch (finder.find(batch)) {
                case BatchFinder.Found.There(var snapshot) -> {
                    submitted(batch, snapshot, true);
                    yield new Sending.Submitted();
                }
                case BatchFinder.Found.NotThere() -> new Sending.NotThere();
                case BatchFinder.Found.NotToldYet() -> new Sending.NotToldYet();
            };
        } catch (EndpointException e) {
            return new Sending.Open(e, false);
        }
    }

    /** Whether nobody waits for the batch any more; then it is not sent again. */
    private boolean isAbandoned(StoredBatch batch) {
        if (state.batches().isWanted(batch)) {
            return false;
        }
        state.inTransaction(() -> state.batches().abandon(batch));
        state.batches().removeRequestsIfUnwanted(batch);
        return true;
    }

    /**
     * @param again whether an earlier create may have been taken
     */
    private Sending create(StoredBatch batch, boolean again) throws InterruptedException {
        try {
            var made =
                    client.create(
                            state.batches().body(batch), batch.idempotencyKey(), batch.terms());
            submitted(batch, made, again);
            return new Sending.Submitted();
        } catch (AnswerLostException e) {
            return new Sending.Open(e, !client.endpoint().honoursIdempotencyKeys());
        } catch (RefusedException | UnreachableException e) {
            // Only a refusal of the body itself says that no earlier create was taken either.
            if (again && !isOfBody(e)) {
                return new Sending.Open(e, false);
            }
            state.inTransaction(() -> state.batches().takeBack(batch));
            return new Sending.NotTaken(e);
        }
    }

    private static boolean isOfBody(EndpointException e) {
        return e instanceof RefusedException refusal
                && refusal.isOfRequest()
                && (refusal.status() == 400 || refusal.status() == 413);
    }

    private void submitted(StoredBatch batch, BatchSnapshot snapshot, boolean found) {
        var createdAt =
                Objects.requireNonNullElseGet(
                        snapshot.createdAt(), () -> environment.clock().instant());
        state.inTransaction(() -> state.batches().submitted(batch, snapshot.id(), createdAt));
        messages.tell(
                new RunEvent.BatchSubmitted(
                        batch.number(), snapshot.id(), batch.requests(), found));
    }

    private String idempotencyKey() {
        var bytes = new byte[KEY_BYTES];
        environment.random().nextBytes(bytes);
        return "nightmail-" + HexFormat.of().formatHex(bytes);
    }
}
