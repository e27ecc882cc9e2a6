package dev.nightmail.core.batch;

import dev.nightmail.core.key.WorkspaceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The index of all batches. The journal is the truth: everything here can be rebuilt from it. Every
 * write is durable when the method returns. Safe for many threads. Every method throws {@link
 * dev.nightmail.core.catalog.CatalogException} when the database fails; whether a write came
 * through is then unknown.
 */
public interface BatchCatalog {

    /**
     * Adds a batch, unless its workspace has used its idempotency key before.
     *
     * @throws IllegalStateException if a batch of this id exists already
     */
    Insertion insert(Batch batch);

    sealed interface Insertion {
        record Inserted() implements Insertion {}

        /**
         * The key was used for {@code existing}; whether the body is the same is told by {@code
         * bodySha256}.
         */
        record KeyUsed(Batch existing) implements Insertion {}
    }

    /** Brings state and counts of a batch up to date. Nothing happens if it is no longer there. */
    void update(Batch batch);

    Optional<Batch> find(BatchId id);

    /** The batch that used this key in this workspace. */
    Optional<Batch> findByIdempotencyKey(WorkspaceId workspace, String idempotencyKey);

    BatchPage page(WorkspaceId workspace, BatchPage.Query query);

    /** Ids of every batch, in order. */
    List<BatchId> ids();

    /** Batches that are not over, oldest first. */
    List<Batch> running();

    /**
     * Ended batches created at or before {@code createdAtMax} whose results are still there, oldest
     * first.
     */
    List<Batch> toArchive(Instant createdAtMax, int limit);

    void delete(BatchId id);
}
