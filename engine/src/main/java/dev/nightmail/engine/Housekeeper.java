package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.Decision;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.JournalException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Archives what has been kept long enough. */
final class Housekeeper {

    private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);
    private static final Duration ROUND_MIN = Duration.ofMillis(100);
    private static final Duration ROUND_MAX = Duration.ofSeconds(30);
    private static final int BATCHES_AT_ONCE = 100;

    private final Journal journal;
    private final BatchCatalog catalog;
    private final InstantSource clock;
    private final Duration retention;
    private final ScheduledExecutorService thread;
    private @Nullable ScheduledFuture<?> rounds;

    Housekeeper(Journal journal, BatchCatalog catalog, InstantSource clock, Duration retention) {
        this.journal = journal;
        this.catalog = catalog;
        this.clock = clock;
        this.retention = retention;
        this.thread =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("nightmail-housekeeper").factory());
    }

    void start() {
        var round = retention.dividedBy(100);
        long millis = Math.clamp(round.toMillis(), ROUND_MIN.toMillis(), ROUND_MAX.toMillis());
        rounds = thread.scheduleWithFixedDelay(this::round, millis, millis, TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            archiveWhatIsDue();
        } catch (RuntimeException e) {
            log.error(
                    "event=archive_failed reason=\"{}\" it_is_tried_again=true", e.getMessage(), e);
        }
    }

    void archiveWhatIsDue() {
        var due = catalog.toArchive(clock.instant().minus(retention), BATCHES_AT_ONCE);
        for (var batch : due) {
            try {
                archive(batch);
            } catch (JournalException e) {
                // One that cannot be archived keeps no other from it.
                log.error(
                        "event=batch_not_archived batch_id={} reason=\"{}\" it_is_tried_again=true",
                        batch.id(),
                        e.getMessage(),
                        e);
            }
        }
    }

    /**
     * The record first: a crash in between leaves bytes that nobody is shown, and the next round
     * removes them.
     */
    private void archive(Batch batch) {
        var at = batch.header().createdAt().plus(retention);
        if (batch.archive(at) instanceof Decision.Accepted(var events)) {
            var archived = batch;
            for (var event : events) {
                archived = archived.after(event);
            }
            journal.record(archived);
            journal.archive(archived.id());
            catalog.update(archived);
            log.info("event=batch_archived batch_id={}", archived.id());
        }
    }

    void stop() throws InterruptedException {
        if (rounds != null) {
            rounds.cancel(false);
        }
        thread.shutdown();
        if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
            log.error("event=housekeeper_stuck");
        }
    }
}
