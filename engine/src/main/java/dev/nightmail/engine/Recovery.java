package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchCatalog.Insertion;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.JournalException;
import java.util.HashSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the catalog agree with the journal when the server starts. The journal is right:
 *
 * <ul>
 *   <li>a folder without a row was accepted, and the process died before the row was written: it
 *       gets one, unless its idempotency key made another batch, in which case no client was ever
 *       told of it and it goes;
 *   <li>a row without a folder was being deleted: it goes;
 *   <li>a row that calls a batch running whose folder knows better is brought up to date, and its
 *       usage with it.
 * </ul>
 *
 * A batch whose files cannot be read is left as it is for a person to look at; the others go on. A
 * catalog that fails stops the start.
 */
final class Recovery {

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final Journal journal;
    private final BatchCatalog catalog;
    private final JournalWriter writer;

    Recovery(Journal journal, BatchCatalog catalog, JournalWriter writer) {
        this.journal = journal;
        this.catalog = catalog;
        this.writer = writer;
    }

    void run() {
        var folders = journal.batches();
        var rows = catalog.ids();
        var withRow = new HashSet<>(rows);
        for (var id : folders) {
            if (!withRow.contains(id)) {
                carefully(id, () -> journal.find(id).ifPresent(this::addRow));
            }
        }
        var withFolder = new HashSet<>(folders);
        for (var id : rows) {
            if (!withFolder.contains(id)) {
                log.warn("event=row_without_folder batch_id={} row_deleted=true", id);
                catalog.delete(id);
            }
        }
        for (var row : catalog.running()) {
            carefully(row.id(), () -> bringUpToDate(row));
        }
    }

    private static void carefully(BatchId id, Runnable step) {
        try {
            step.run();
        } catch (JournalException e) {
            log.error("event=batch_not_recovered batch_id={} reason=\"{}\"", id, e.getMessage(), e);
        }
    }

    private void addRow(Batch batch) {
        // Before the row, which says that nothing is left to do.
        carefully(batch.id(), () -> writer.charge(batch));
        switch (catalog.insert(batch)) {
            case Insertion.Inserted _ -> log.warn("event=row_rebuilt batch_id={}", batch.id());
            case Insertion.KeyUsed(var existing) -> removeUnacknowledged(batch, existing);
        }
    }

    private void removeUnacknowledged(Batch batch, Batch existing) {
        if (hasResults(batch)) {
            // It was run, so somebody was told of it, and paid for it. A restored catalog may not
            // know that; we do not delete what was paid for.
            log.error(
                    "event=batch_without_row_kept batch_id={} same_key_as={}",
                    batch.id(),
                    existing.id());
            return;
        }
        log.warn(
                "event=unacknowledged_batch_deleted batch_id={} same_key_as={}",
                batch.id(),
                existing.id());
        journal.delete(batch.id());
    }

    private boolean hasResults(Batch batch) {
        return batch.isOver()
                || journal.results(batch.id()).filter(file -> file.length() > 0).isPresent();
    }

    private void bringUpToDate(Batch row) {
        var recorded = journal.find(row.id());
        if (recorded.isPresent() && !recorded.get().state().equals(row.state())) {
            writer.makeDurable(recorded.get());
        }
    }
}
