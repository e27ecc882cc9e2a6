package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.ledger.Ledger;
import dev.nightmail.core.ledger.LedgerEntry;
import dev.nightmail.core.result.SettledRequest;
import dev.nightmail.core.schedule.Effect;
import dev.nightmail.core.schedule.Effect.Unsaved;
import dev.nightmail.core.schedule.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes durable what was decided, on threads of its own. The scheduler has at most one piece of
 * work of each kind per batch under way.
 */
final class JournalWriter {

    private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

    private final Journal journal;
    private final BatchCatalog catalog;
    private final Ledger ledger;
    private final OpenBatches batches;
    private final Admission admission;
    private final Consumer<Event> report;
    private final JournalThreads threads;
    private volatile boolean stopping;

    JournalWriter(
            Journal journal,
            BatchCatalog catalog,
            Ledger ledger,
            OpenBatches batches,
            Admission admission,
            JournalThreads threads,
            Consumer<Event> report) {
        this.journal = journal;
        this.catalog = catalog;
        this.ledger = ledger;
        this.batches = batches;
        this.admission = admission;
        this.report = report;
        this.threads = threads;
    }

    void open(Batch batch) {
        threads.execute(() -> report.accept(admission.open(batch)));
    }

    /**
     * Looks through what these batches had settled before, one after the other, when all of them
     * are running again: it takes as long as reading all of it, and changes nothing but what is
     * known.
     */
    void check(List<BatchId> ids) {
        threads.execute(() -> {
            for (var id : ids) {
                if (!stopping) {
                    reportDamages(id);
                }
            }
        });
    }

    private void reportDamages(BatchId id) {
        try {
            for (var damage : journal.damages(id)) {
                log.error("event=journal_damaged batch_id={} damage=\"{}\"", id, damage);
            }
        } catch (JournalException e) {
            // Of one that was deleted meanwhile nothing is left to be checked.
            log.warn("event=results_not_checked batch_id={} reason=\"{}\"", id, e.getMessage());
        }
    }

    /** Closing flushes, so it is no work for the thread that decides. */
    void close(BatchId id) {
        threads.execute(() -> batches.close(id));
    }

    void append(Effect.AppendResults effect) {
        threads.execute(() -> report.accept(appended(effect)));
    }

    private Event appended(Effect.AppendResults effect) {
        var batch = effect.batch();
        try {
            var files = files(batch);
            var group = new ArrayList<SettledRequest>(effect.group().size());
            var unnamed = new TreeSet<Integer>();
            for (var result : effect.group()) {
                named(files, result)
                        .ifPresentOrElse(group::add, () -> unnamed.add(result.request()));
            }
            if (!unnamed.isEmpty()) {
                log.error("event=requests_unreadable batch_id={} requests={}", batch, unnamed);
            }
            if (!group.isEmpty()) {
                files.results().append(group);
            }
            return new Event.ResultsDurable(batch, unnamed);
        } catch (JournalException e) {
            log.error(
                    "event=append_failed batch_id={} results={} reason=\"{}\"",
                    batch,
                    effect.group().size(),
                    e.getMessage(),
                    StackTraces.of(e));
            return new Event.AppendFailed(batch);
        }
    }

    private Journal.OpenBatch files(BatchId id) {
        return batches.find(id)
                .orElseThrow(() -> new IllegalStateException(id + " is not open"))
                .files();
    }

    /** The result under its request's custom_id; empty if that cannot be read. */
    private static Optional<SettledRequest> named(Journal.OpenBatch files, Unsaved result) {
        try {
            var known = result.customId();
            var customId = known == null ? files.requests().customId(result.request()) : known;
            return Optional.of(
                    new SettledRequest(
                            result.request(), customId, result.result(), result.settledAt()));
        } catch (JournalException e) {
            return Optional.empty();
        }
    }

    void reopen(BatchId id) {
        threads.execute(() -> report.accept(reopened(id)));
    }

    private Event reopened(BatchId id) {
        try {
            batches.close(id);
            var header = header(id);
            var files = journal.open(id);
            batches.put(header, files);
            log.info("event=log_reopened batch_id={}", id);
            return new Event.LogReopened(id, files.settled());
        } catch (JournalException e) {
            log.error("event=reopen_failed batch_id={} reason=\"{}\"", id, e.getMessage());
            return new Event.AppendFailed(id);
        }
    }

    private BatchHeader header(BatchId id) {
        return journal.find(id)
                .orElseThrow(() -> new JournalException("the folder of %s is gone".formatted(id)))
                .header();
    }

    void record(Batch batch) {
        threads.execute(() -> report.accept(recorded(batch)));
    }

    private Event recorded(Batch batch) {
        try {
            makeDurable(batch);
            return new Event.BatchRecorded(batch);
        } catch (JournalException | CatalogException e) {
            log.error(
                    "event=record_failed batch_id={} reason=\"{}\"",
                    batch.id(),
                    e.getMessage(),
                    StackTraces.of(e));
            return new Event.RecordFailed(batch);
        }
    }

    /**
     * The journal first: what the catalog says can be rebuilt from it, and the ledger too, until
     * the row says ended.
     */
    void makeDurable(Batch batch) {
        journal.record(batch);
        charge(batch);
        catalog.update(batch);
    }

    /** Enters in the ledger what a batch that has ended used; once, however often it is asked. */
    void charge(Batch batch) {
        switch (batch.state()) {
            case BatchState.Ended(var endedAt, var _) ->
                    ledger.insert(
                            LedgerEntry.of(batch.header(), endedAt, journal.usage(batch.id())));
            case BatchState.InProgress _, BatchState.Canceling _ -> {}
            // It was charged when it ended; what that was read from is gone.
            case BatchState.Archived _ -> {}
        }
    }

    void start() {
        threads.start();
    }

    /** Ends the threads once what was handed to them is done. */
    void stop(Duration timeout) throws InterruptedException {
        stopping = true;
        if (!threads.stop(timeout)) {
            log.error("event=journal_threads_stuck");
        }
    }
}
