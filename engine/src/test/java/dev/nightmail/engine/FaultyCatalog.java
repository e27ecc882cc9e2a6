package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.ledger.Ledger;
import dev.nightmail.core.ledger.LedgerEntry;
import dev.nightmail.engine.Faults.Step;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A catalog that can fail at every write. */
record FaultyCatalog(BatchCatalog catalog, Faults faults) implements BatchCatalog {

    /** Its ledger. */
    record FaultyLedger(Ledger ledger, Faults faults) implements Ledger {

        @Override
        public void insert(List<LedgerEntry> entries) {
            faults.during(Step.CHARGE, () -> ledger.insert(entries));
        }

        @Override
        public List<Sum> sums(Grouping grouping) {
            return ledger.sums(grouping);
        }
    }

    @Override
    public Insertion insert(Batch batch) {
        return faults.during(Step.INSERT, () -> catalog.insert(batch));
    }

    @Override
    public void update(Batch batch) {
        faults.during(Step.UPDATE, () -> catalog.update(batch));
    }

    @Override
    public Optional<Batch> find(BatchId id) {
        return catalog.find(id);
    }

    @Override
    public Optional<Batch> findByIdempotencyKey(WorkspaceId workspace, String idempotencyKey) {
        return catalog.findByIdempotencyKey(workspace, idempotencyKey);
    }

    @Override
    public BatchPage page(WorkspaceId workspace, BatchPage.Query query) {
        return catalog.page(workspace, query);
    }

    @Override
    public List<BatchId> ids() {
        return catalog.ids();
    }

    @Override
    public List<Batch> running() {
        return catalog.running();
    }

    @Override
    public List<Batch> toArchive(Instant createdAtMax, int limit) {
        return catalog.toArchive(createdAtMax, limit);
    }

    @Override
    public void delete(BatchId id) {
        faults.during(Step.CATALOG_DELETE, () -> catalog.delete(id));
    }
}
