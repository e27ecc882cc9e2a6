package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchCatalog.Insertion;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.Journal;
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
        var rows = new HashSet<>(catalog.ids());
        var folders = new HashSet<BatchId>();
        for (var id : journal.batches()) {
            folders.add(id);
            if (!rows.contains(id)) {
                journal.find(id).ifPresent(this::addRow);
            }
        }
        for (var id : catalog.ids()) {
            if (!folders.contains(id)) {
                log.warn("event=row_without_folder batch_id={} row_deleted=true", id);
                catalog.delete(id);
            }
        }
        catalog.running().forEach(this::bringUpToDate);
    }

    private void addRow(Batch batch) {
        switch (catalog.insert(batch)) {
            case Insertion.Inserted _ -> {
                log.warn("event=row_rebuilt batch_id={}", batch.id());
                if (batch.isOver()) {
                    writer.makeDurable(batch);
                }
            }
            case Insertion.KeyUsed(var existing) -> {
                log.warn(
                        "event=unacknowledged_batch_deleted batch_id={} same_key_as={}",
                        batch.id(),
                        existing.id());
                journal.delete(batch.id());
            }
        }
    }

    private void bringUpToDate(Batch row) {
        var recorded = journal.find(row.id());
        if (recorded.isPresent() && !recorded.get().state().equals(row.state())) {
            writer.makeDurable(recorded.get());
        }
    }
}
