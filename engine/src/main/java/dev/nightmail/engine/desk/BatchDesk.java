package dev.nightmail.engine.desk;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.journal.BatchDraft;
import dev.nightmail.core.journal.ResultFile;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.request.ApiVersion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where batches are handed in, looked at and called off. Whoever asks sees only the batches of
 * their own workspace: another's is not found. What a method returns is durable, and what was
 * returned once is found ever after. Safe for many threads; blocks.
 */
public interface BatchDesk {

    /** Limits that the one who reads a batch from the wire has to keep. */
    Limits limits();

    /**
     * @param requestsMax requests in one batch
     * @param bodyBytesMax of the create call's body, after decoding
     */
    record Limits(int requestsMax, long bodyBytesMax) {}

    /**
     * Begins to take in a batch. The caller adds requests, then hands it to {@link #submit}, and
     * closes it in any case.
     *
     * @throws StoppingException if the server is being stopped
     */
    BatchDraft draft();

    /**
     * Accepts a batch: from here on it will be run, whatever happens to this process.
     *
     * @param draft holding at least one request; committed or, if the call has made its batch
     *     before, dropped
     */
    Submission submit(BatchDraft draft, Terms terms);

    /**
     * How a batch is to be run, as the create call says.
     *
     * @param bodySha256 of the decoded body, lower-case hex
     * @param resends how often the client says it has sent this very call before; 0 for a first try
     */
    record Terms(
            WorkspaceId workspace,
            KeyId key,
            ApiVersion apiVersion,
            List<String> betas,
            @Nullable String userProfileId,
            String bodySha256,
            @Nullable String idempotencyKey,
            int resends) {
        public Terms {
            betas = List.copyOf(betas);
            if (resends < 0) {
                throw new IllegalArgumentException("a call was sent at least once");
            }
        }

        /** Of a first try. */
        public Terms(
                WorkspaceId workspace,
                KeyId key,
                ApiVersion apiVersion,
                List<String> betas,
                @Nullable String userProfileId,
                String bodySha256,
                @Nullable String idempotencyKey) {
            this(workspace, key, apiVersion, betas, userProfileId, bodySha256, idempotencyKey, 0);
        }
    }

    /** What became of a hand-in. */
    sealed interface Submission {
        record Accepted(Batch batch) implements Submission {}

        /**
         * This call has come before, by its idempotency key or as the client itself says, with the
         * same body; here is the batch it made, as it stands now.
         */
        record Replayed(Batch batch) implements Submission {}

        /** This idempotency key brought another body before. */
        record KeyReused() implements Submission {}
    }

    /** The batch as it stands, counts live. */
    Optional<Batch> find(WorkspaceId workspace, BatchId id);

    /**
     * Waits until a batch that is not over stands otherwise than it was seen to.
     *
     * @param patience after which it is answered as it was seen
     * @return as it stands then; empty if there is no such batch any more
     * @throws StoppingException if the server is being stopped, at once
     */
    Optional<Batch> awaitChange(WorkspaceId workspace, Batch seen, Duration patience)
            throws InterruptedException;

    BatchPage page(WorkspaceId workspace, BatchPage.Query query);

    /** Durable before it is answered. Asking again while the batch is canceling changes nothing. */
    Cancellation cancel(WorkspaceId workspace, BatchId id);

    sealed interface Cancellation {
        record Canceling(Batch batch) implements Cancellation {}

        record AlreadyEnded(Batch batch) implements Cancellation {}

        record NotFound() implements Cancellation {}
    }

    /** Deletes an ended batch with all its bytes. Downloads under way are not disturbed. */
    Deletion delete(WorkspaceId workspace, BatchId id);

    sealed interface Deletion {
        record Deleted() implements Deletion {}

        record StillProcessing(Batch batch) implements Deletion {}

        record NotFound() implements Deletion {}
    }

    /** The results of an ended batch. */
    Results results(WorkspaceId workspace, BatchId id);

    sealed interface Results {
        record Ready(Batch batch, ResultFile file) implements Results {}

        record NotEnded(Batch batch) implements Results {}

        record Archived(Batch batch) implements Results {}

        record NotFound() implements Results {}
    }

    /** The results that have settled so far, whether the batch has ended or not. */
    ResultsSoFar resultsSoFar(WorkspaceId workspace, BatchId id);

    sealed interface ResultsSoFar {

        /**
         * @param batch as it stood before the file was looked at: if it had ended, the file is
         *     complete
         */
        record Settled(Batch batch, ResultFile file) implements ResultsSoFar {}

        record Archived(Batch batch) implements ResultsSoFar {}

        record NotFound() implements ResultsSoFar {}
    }

    /** The server is being stopped and takes nothing more; a client may try again soon. */
    final class StoppingException extends RuntimeException {
        public StoppingException() {
            super("the server is being stopped");
        }
    }
}
