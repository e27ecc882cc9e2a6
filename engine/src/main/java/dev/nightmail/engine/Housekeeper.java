package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.Decision;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.retention.ClockState;
import dev.nightmail.core.retention.TrustedClock;
import dev.nightmail.core.retention.TrustedClock.Sight;
import dev.nightmail.engine.thread.Mailbox;
import dev.nightmail.engine.thread.Threads;
import dev.nightmail.engine.thread.Threads.Strand;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives what has been kept long enough: by a clock that is trusted, since what is deleted too
 * early is lost for good ({@link TrustedClock}).
 */
final class Housekeeper {

    private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);
    private static final Duration ROUND_MIN = Duration.ofMillis(100);
    private static final Duration ROUND_MAX = Duration.ofSeconds(30);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final int BATCHES_AT_ONCE = 100;

    /** Well within what a clock may be ahead after a restart. */
    private static final Duration CLOCK_REMEMBERED_EVERY = Duration.ofMinutes(10);

    private final Journal journal;
    private final BatchCatalog catalog;
    private final LiveBatches live;
    private final InstantSource clock;
    private final Duration retention;
    private final Strand thread;
    private final Mailbox<Boolean> stopAsked;
    private final Mailbox<Boolean> ended;
    private final LongSupplier nanoTime;
    private @Nullable TrustedClock trusted;
    private @Nullable Instant remembered;
    private boolean started;

    /**
     * @param nanoTime a clock that nobody sets
     */
    Housekeeper(
            Journal journal,
            BatchCatalog catalog,
            LiveBatches live,
            InstantSource clock,
            LongSupplier nanoTime,
            Duration retention,
            Threads threads) {
        this.journal = journal;
        this.catalog = catalog;
        this.live = live;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.retention = retention;
        this.thread = threads.platform("nightmail-housekeeper", this::run);
        this.stopAsked = threads.mailbox();
        this.ended = threads.mailbox();
    }

    void start() {
        started = true;
        // Before anything else passes: a clock that is ahead already is to be noticed.
        trustedNow();
        thread.start();
    }

    private void run() {
        try {
            var pause = pause();
            while (stopAsked.poll(pause) == null) {
                round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.put(true);
        }
    }

    private Duration pause() {
        long millis = retention.dividedBy(100).toMillis();
        return Duration.ofMillis(Math.clamp(millis, ROUND_MIN.toMillis(), ROUND_MAX.toMillis()));
    }

    private void round() {
        try {
            archiveWhatIsDue();
        } catch (RuntimeException | Error e) {
            // One that got out would be the last round there is, and nobody would hear of it.
            log.error(
                    "event=archive_failed reason=\"{}\" it_is_tried_again=true",
                    e.getMessage(),
                    StackTraces.of(e));
        }
    }

    void archiveWhatIsDue() {
        var createdAtMax = trustedNow().minus(retention);
        var failed = new HashSet<BatchId>();
        List<Batch> due;
        do {
            // Those that failed are still due, and keep no other from its turn.
            due =
                    catalog.toArchive(createdAtMax, failed.size() + BATCHES_AT_ONCE).stream()
                            .filter(batch -> !failed.contains(batch.id()))
                            .toList();
            for (var batch : due) {
                if (isBeingRecorded(batch) || !archived(batch)) {
                    failed.add(batch.id());
                }
            }
        } while (due.size() == BATCHES_AT_ONCE);
    }

    private synchronized Instant trustedNow() {
        var wall = clock.instant();
        var known = trusted;
        if (known == null) {
            known = new TrustedClock(lastKnown(wall), nanoTime.getAsLong());
            trusted = known;
        }
        var sight = known.look(wall, nanoTime.getAsLong());
        switch (sight) {
            case WENT_AHEAD ->
                    log.warn(
                            "event=clock_went_ahead by={} nothing_is_archived_by_it_for={}",
                            Duration.between(known.now(), wall),
                            TrustedClock.GRACE);
            case CAME_BACK -> log.info("event=clock_came_back");
            case BELIEVED_AFTER_ALL -> log.warn("event=clock_believed_after_all");
            case AGREES, IS_AHEAD -> {}
        }
        remember(known, sight);
        return known.now();
    }

    /** Without a note, the newest batch says what time it has been at least. */
    private ClockState lastKnown(Instant wall) {
        try {
            var noted = journal.clock();
            if (noted.isPresent()) {
                return noted.get();
            }
        } catch (JournalException e) {
            log.warn("event=clock_not_remembered reason=\"{}\"", e.getMessage());
        }
        var ids = catalog.ids();
        var newest = ids.isEmpty() ? Optional.<Instant>empty() : ids.getLast().createdAt();
        return new ClockState(newest.filter(wall::isAfter).orElse(wall), Duration.ZERO);
    }

    private void remember(TrustedClock known, Sight sight) {
        boolean isChange = sight != Sight.AGREES && sight != Sight.IS_AHEAD;
        boolean isDue =
                remembered == null
                        || Duration.between(remembered, known.now())
                                        .abs()
                                        .compareTo(CLOCK_REMEMBERED_EVERY)
                                >= 0;
        if (!isChange && !isDue) {
            return;
        }
        try {
            journal.rememberClock(known.state());
            remembered = known.now();
        } catch (JournalException e) {
            // A start without it waits a day longer, and no more.
            log.warn("event=clock_not_remembered reason=\"{}\"", e.getMessage());
        }
    }

    /**
     * Whether its row says that it has ended, though the scheduler was told that writing that has
     * failed: it will have it recorded once more, and sum up what there is.
     */
    private boolean isBeingRecorded(Batch batch) {
        return live.find(batch.id()).filter(running -> !running.isOver()).isPresent();
    }

    /** Archives it, if it can be. */
    private boolean archived(Batch batch) {
        try {
            archive(batch);
            return true;
        } catch (JournalException e) {
            log.error(
                    "event=batch_not_archived batch_id={} reason=\"{}\" it_is_tried_again=true",
                    batch.id(),
                    e.getMessage(),
                    StackTraces.of(e));
            return false;
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
        stopAsked.put(true);
        if (started && ended.poll(STOP_TIMEOUT) == null) {
            log.error("event=housekeeper_stuck");
        }
    }
}
