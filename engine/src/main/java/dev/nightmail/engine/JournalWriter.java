package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.result.SettledRequest;
import dev.nightmail.core.schedule.Effect;
import dev.nightmail.core.schedule.Effect.Unsaved;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.usage.Ledger;
import dev.nightmail.core.usage.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes durable what was decided, on a few platform threads: a virtual thread that waits for a disk
 * would hold up the others on its carrier. The scheduler has at most one piece of work of each kind
 * per batch under way.
 */
final class JournalWriter {

    private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

    private final Journal journal;
    private final BatchCatalog catalog;
    private final Ledger ledger;
    private final OpenBatches batches;
    private final Consumer<Event> report;
    private final ExecutorService threads;

    JournalWriter(
            Journal journal,
            BatchCatalog catalog,
            Ledger ledger,
            OpenBatches batches,
            int threadCount,
            Consumer<Event> report) {
        this.journal = journal;
        this.catalog = catalog;
        this.ledger = ledger;
        this.batches = batches;
        this.report = report;
        this.threads =
                Executors.newFixedThreadPool(
                        threadCount, Thread.ofPlatform().name("nightmail-journal-", 0).factory());
    }

    void append(Effect.AppendResults effect) {
        threads.execute(() -> report.accept(appended(effect)));
    }

    private Event appended(Effect.AppendResults effect) {
        try {
            var files = batches.get(effect.batch()).files();
            var group = new ArrayList<SettledRequest>(effect.group().size());
            for (var result : effect.group()) {
                group.add(settled(files, result));
            }
            files.results().append(group);
            return new Event.ResultsDurable(effect.batch());
        } catch (JournalException e) {
            log.error(
                    "event=append_failed batch_id={} results={} reason=\"{}\"",
                    effect.batch(),
                    effect.group().size(),
                    e.getMessage(),
                    e);
            return new Event.AppendFailed(effect.batch());
        }
    }

    private static SettledRequest settled(Journal.OpenBatch files, Unsaved result) {
        var known = result.customId();
        var customId = known == null ? files.requests().read(result.request()).customId() : known;
        return new SettledRequest(result.request(), customId, result.result(), result.settledAt());
    }

    void reopen(BatchId id) {
        threads.execute(() -> report.accept(reopened(id)));
    }

    private Event reopened(BatchId id) {
        try {
            var header = batches.get(id).header();
            batches.close(id);
            var files = journal.open(id);
            batches.put(header, files);
            log.info("event=log_reopened batch_id={}", id);
            return new Event.LogReopened(id, files.settled());
        } catch (JournalException e) {
            log.error("event=reopen_failed batch_id={} reason=\"{}\"", id, e.getMessage());
            return new Event.AppendFailed(id);
        }
    }

    void record(Batch batch) {
        threads.execute(() -> report.accept(recorded(batch)));
    }

    private Event recorded(Batch batch) {
        try {
            makeDurable(batch);
            return new Event.BatchRecorded(batch);
        } catch (RuntimeException e) {
            // The catalog throws what its library throws; whatever it was, the record is tried
            // again.
            log.error(
                    "event=record_failed batch_id={} reason=\"{}\"", batch.id(), e.getMessage(), e);
            return new Event.RecordFailed(batch);
        }
    }

    /**
     * The journal first: what the catalog says can be rebuilt from it, and the ledger too, until
     * the row says ended.
     */
    void makeDurable(Batch batch) {
        journal.record(batch);
        var endedAt = batch.endedAt();
        if (endedAt != null) {
            ledger.insert(entries(batch, endedAt));
        }
        catalog.update(batch);
    }

    private List<LedgerEntry> entries(Batch batch, Instant endedAt) {
        var header = batch.header();
        var day = LocalDate.ofInstant(endedAt, ZoneOffset.UTC);
        var entries = new ArrayList<LedgerEntry>();
        journal.usage(batch.id())
                .forEach((model, used) ->
                        entries.add(
                                new LedgerEntry(
                                        header.id(),
                                        header.workspace(),
                                        header.key(),
                                        model,
                                        day,
                                        used.requests(),
                                        used.usage())));
        return entries;
    }

    /** Ends the threads once what was handed to them is done. */
    void stop(Duration timeout) throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            log.error("event=journal_threads_stuck");
        }
    }
}
