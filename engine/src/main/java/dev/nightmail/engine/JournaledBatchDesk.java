package dev.nightmail.engine;

import static java.time.temporal.ChronoUnit.MICROS;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchCatalog.Insertion;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.batch.Decision;
import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.core.journal.BatchDraft;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.journal.MissingFilesException;
import dev.nightmail.core.journal.ResultFile;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.thread.Threads;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batch desk over journal and catalog. Running batches are shown as the scheduler publishes
 * them.
 *
 * <p>A batch that is handed in goes through four states:
 *
 * <ol>
 *   <li><i>draft</i>: it lies apart; whatever happens, nothing of it is left;
 *   <li><i>committed</i>: its folder is in place and durable, and it has no row yet. A crash here
 *       leaves a batch that no client was told of; the next start gives it its row and runs it. If
 *       the catalog fails and the row is not there, the batch is withdrawn and the client is told
 *       that nothing was accepted. Only if storage refuses that too is it <i>in doubt</i>: the
 *       client is told of a failure, and the batch runs after the next start. An idempotency key
 *       takes the doubt away: who sends it again with its key has it once, whichever of the two is
 *       found first;
 *   <li><i>cataloged</i>: it is accepted, and nothing takes that back;
 *   <li><i>admitted</i>: its files are open and the scheduler has it. If they cannot be opened, the
 *       client has its answer all the same, and opening is tried again.
 * </ol>
 */
final class JournaledBatchDesk implements BatchDesk {

    private static final Logger log = LoggerFactory.getLogger(JournaledBatchDesk.class);
    private static final int CANCEL_ASKED_MAX = 60;
    private static final Duration CANCEL_ASKED_AGAIN = Duration.ofSeconds(1);

    private final EngineConfig config;
    private final Journal journal;
    private final BatchCatalog catalog;
    private final LiveBatches live;
    private final Admission admission;
    private final Consumer<Event> post;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Resends resends;
    private final Turns<Resends.Body> submitting;
    private final Turns<BatchId> deleting;
    private Instant lastCreatedAt = Instant.EPOCH;
    private volatile boolean stopping;

    JournaledBatchDesk(
            EngineConfig config,
            Journal journal,
            BatchCatalog catalog,
            LiveBatches live,
            Admission admission,
            Consumer<Event> post,
            InstantSource clock,
            RandomGenerator random,
            Threads threads) {
        this.config = config;
        this.journal = journal;
        this.catalog = catalog;
        this.live = live;
        this.admission = admission;
        this.post = post;
        this.clock = clock;
        this.random = random;
        this.resends = new Resends(catalog);
        this.submitting = new Turns<>(threads);
        this.deleting = new Turns<>(threads);
    }

    void stopTaking() {
        stopping = true;
        live.watchers().tellAll();
    }

    @Override
    public Limits limits() {
        return config.limits();
    }

    @Override
    public BatchDraft draft() {
        refuseWhenStopping();
        return journal.draft(newId(clock.instant()));
    }

    @Override
    public Submission submit(BatchDraft draft, Terms terms) {
        refuseWhenStopping();
        var key = terms.idempotencyKey();
        if (key == null) {
            return submitUnlessSentBefore(draft, terms);
        }
        var used = catalog.findByIdempotencyKey(terms.workspace(), key).filter(this::isThere);
        return used.isPresent() ? replay(used.get(), terms) : accept(draft, terms);
    }

    private Submission submitUnlessSentBefore(BatchDraft draft, Terms terms) {
        var body = Resends.Body.of(terms);
        int tries = terms.resends();
        // What a draft is called says when it was begun.
        var arrivedAt = draft.id().createdAt().orElseGet(clock::instant);
        try (var _ = submitting.take(body, tries > 0)) {
            var made = resends.find(body, tries, arrivedAt).filter(this::isThere);
            if (made.isPresent()) {
                var batch = newest(made.get());
                resends.given(body, tries, batch, clock.instant());
                log.info("event=create_sent_again batch_id={} tries={}", batch.id(), tries);
                return new Submission.Replayed(batch);
            }
            var submission = accept(draft, terms);
            if (submission instanceof Submission.Accepted(var batch)) {
                resends.made(body, tries, batch, clock.instant());
            }
            return submission;
        }
    }

    private Submission accept(BatchDraft draft, Terms terms) {
        var batch = Batch.accepted(header(draft, terms));
        draft.commit(batch.header());
        return switch (insert(batch)) {
            case Insertion.Inserted _ -> {
                post.accept(admission.open(batch));
                log.info(
                        "event=batch_accepted batch_id={} requests={} key_id={}",
                        batch.id(),
                        batch.header().requestCount(),
                        terms.key());
                yield new Submission.Accepted(batch);
            }
            case Insertion.KeyUsed(var existing) -> {
                // Two creates with one key at the same time: the other was first, and nobody has
                // heard of this batch.
                withdraw(batch);
                yield replay(existing, terms);
            }
        };
    }

    /** A row without a folder is what a failure left of a batch that was withdrawn or deleted. */
    private boolean isThere(Batch row) {
        if (journal.find(row.id()).isPresent()) {
            return true;
        }
        log.warn("event=row_without_folder batch_id={} row_deleted=true", row.id());
        catalog.delete(row.id());
        return false;
    }

    private Insertion insert(Batch batch) {
        try {
            return catalog.insert(batch);
        } catch (CatalogException e) {
            if (wasInserted(batch.id())) {
                // Somebody who sent the same key may have been told of it already.
                return new Insertion.Inserted();
            }
            withdraw(batch);
            throw e;
        }
    }

    private boolean wasInserted(BatchId id) {
        try {
            return catalog.find(id).isPresent();
        } catch (CatalogException e) {
            return false;
        }
    }

    /** Takes back a batch that nobody was told of. The folder first: it is what a start goes by. */
    private void withdraw(Batch batch) {
        try {
            journal.delete(batch.id());
            // Whether the row was written is unknown after a failure.
            catalog.delete(batch.id());
        } catch (JournalException | CatalogException e) {
            log.error(
                    "event=batch_in_doubt batch_id={} reason=\"{}\" the_next_start_decides=true",
                    batch.id(),
                    e.getMessage(),
                    StackTraces.of(e));
        }
    }

    private Submission replay(Batch existing, Terms terms) {
        return existing.header().bodySha256().equals(terms.bodySha256())
                ? new Submission.Replayed(newest(existing))
                : new Submission.KeyReused();
    }

    /**
     * What is published is newer than what was read from the catalog. A batch that is not published
     * any more has ended, perhaps since its row was read.
     */
    private Batch newest(Batch row) {
        return live.find(row.id())
                .or(() -> row.isOver() ? Optional.empty() : catalog.find(row.id()))
                .orElse(row);
    }

    private BatchHeader header(BatchDraft draft, Terms terms) {
        var createdAt = nextCreatedAt();
        var now = clock.instant().truncatedTo(MICROS);
        return new BatchHeader(
                newId(createdAt),
                terms.workspace(),
                terms.key(),
                createdAt,
                // By the clock as it is now: where it was fast once, what came since is dated ahead
                // of it, and is not to wait as much longer for its end.
                (now.isBefore(createdAt) ? now : createdAt).plus(config.window()),
                terms.apiVersion(),
                terms.betas(),
                terms.userProfileId(),
                draft.size(),
                draft.models(),
                terms.bodySha256(),
                terms.idempotencyKey());
    }

    /**
     * Never the same twice, so that the order of the list is the order of acceptance even if the
     * clock stands still or goes back. Only one that goes back by more than half a window was so
     * wrong before that there is no staying ahead of it.
     */
    private synchronized Instant nextCreatedAt() {
        var now = clock.instant().truncatedTo(MICROS);
        boolean follows =
                now.isAfter(lastCreatedAt)
                        || lastCreatedAt.isAfter(now.plus(config.window().dividedBy(2)));
        lastCreatedAt = follows ? now : lastCreatedAt.plus(1, MICROS);
        return lastCreatedAt;
    }

    private BatchId newId(Instant at) {
        return BatchId.create(at, random);
    }

    private void refuseWhenStopping() {
        if (stopping) {
            throw new StoppingException();
        }
    }

    @Override
    public Optional<Batch> find(WorkspaceId workspace, BatchId id) {
        return live.find(id)
                .or(() -> catalog.find(id))
                .filter(batch -> batch.header().workspace().equals(workspace));
    }

    @Override
    public Optional<Batch> awaitChange(WorkspaceId workspace, Batch seen, Duration patience)
            throws InterruptedException {
        var id = seen.id();
        // In this order, so that neither a change nor a stop comes between the look and the wait.
        var change = live.watchers().nextChange(id);
        try {
            refuseWhenStopping();
            var now = find(workspace, id);
            if (!now.equals(Optional.of(seen)) || seen.isOver()) {
                return now;
            }
            if (change.poll(patience) == null) {
                return now;
            }
        } finally {
            live.watchers().giveUp(id, change);
        }
        refuseWhenStopping();
        return find(workspace, id);
    }

    @Override
    public BatchPage page(WorkspaceId workspace, BatchPage.Query query) {
        var page = catalog.page(workspace, query);
        return new BatchPage(page.batches().stream().map(this::newest).toList(), page.hasMore());
    }

    @Override
    public Cancellation cancel(WorkspaceId workspace, BatchId id) {
        var found = find(workspace, id);
        if (found.isEmpty()) {
            return new Cancellation.NotFound();
        }
        if (found.get().isOver()) {
            return new Cancellation.AlreadyEnded(found.get());
        }
        var canceled = awaitCancel(id);
        return canceled.isOver() && canceled.cancelRequestedAt() == null
                ? new Cancellation.AlreadyEnded(canceled)
                : new Cancellation.Canceling(canceled);
    }

    private Batch awaitCancel(BatchId id) {
        var canceler = live.whenCanceledOrOver(id);
        try {
            for (int asked = 0; asked < CANCEL_ASKED_MAX; asked++) {
                // More than once: the scheduler knows nothing of a batch whose files are just being
                // opened for the first time.
                post.accept(new Event.CancelAsked(id));
                // It may have ended between the look and the asking, and then nobody publishes it
                // any more.
                if (live.find(id).isEmpty()) {
                    catalog.find(id).filter(Batch::isOver).ifPresent(canceler::put);
                }
                var canceled = canceler.poll(CANCEL_ASKED_AGAIN);
                if (canceled != null) {
                    return canceled;
                }
            }
            throw new JournalException(
                    "the cancellation of batch %s is not durable yet".formatted(id));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppingException();
        } finally {
            live.giveUp(id, canceler);
        }
    }

    @Override
    public Deletion delete(WorkspaceId workspace, BatchId id) {
        // A second one at the same time would meet a folder that is half gone.
        try (var _ = deleting.take(id, true)) {
            return deleteAlone(workspace, id);
        }
    }

    private Deletion deleteAlone(WorkspaceId workspace, BatchId id) {
        var found = find(workspace, id);
        if (found.isEmpty()) {
            return new Deletion.NotFound();
        }
        if (found.get().delete() instanceof Decision.Refused) {
            return new Deletion.StillProcessing(found.get());
        }
        journal.delete(id);
        catalog.delete(id);
        log.info("event=batch_deleted batch_id={}", id);
        return new Deletion.Deleted();
    }

    @Override
    public Results results(WorkspaceId workspace, BatchId id) {
        var found = find(workspace, id);
        if (found.isEmpty()) {
            return new Results.NotFound();
        }
        var batch = found.get();
        return switch (batch.state()) {
            case BatchState.InProgress _, BatchState.Canceling _ -> new Results.NotEnded(batch);
            case BatchState.Archived _ -> new Results.Archived(batch);
            case BatchState.Ended _ ->
                    resultFile(workspace, id)
                            .<Results>map(file -> new Results.Ready(batch, file))
                            .orElseGet(Results.NotFound::new);
        };
    }

    /** Empty if the batch was deleted or archived since it was looked up. */
    private Optional<ResultFile> resultFile(WorkspaceId workspace, BatchId id) {
        try {
            return journal.results(id);
        } catch (MissingFilesException e) {
            if (isStillToHaveResults(workspace, id)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private boolean isStillToHaveResults(WorkspaceId workspace, BatchId id) {
        // One that is just being deleted has no files any more, and its row a moment longer.
        try (var _ = deleting.take(id, true)) {
            return find(workspace, id)
                    .filter(batch -> !(batch.state() instanceof BatchState.Archived))
                    .isPresent();
        }
    }

    @Override
    public ResultsSoFar resultsSoFar(WorkspaceId workspace, BatchId id) {
        var found = find(workspace, id);
        if (found.isEmpty()) {
            return new ResultsSoFar.NotFound();
        }
        var batch = found.get();
        return switch (batch.state()) {
            case BatchState.Archived _ -> new ResultsSoFar.Archived(batch);
            case BatchState.InProgress _, BatchState.Canceling _, BatchState.Ended _ ->
                    resultFile(workspace, id)
                            .<ResultsSoFar>map(file -> new ResultsSoFar.Settled(batch, file))
                            .orElseGet(ResultsSoFar.NotFound::new);
        };
    }
}
