package dev.nightmail.api.server;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchEvent.BatchEnded;
import dev.nightmail.core.batch.BatchEvent.ResultsArchived;
import dev.nightmail.core.batch.BatchEvent.ResultsSettled;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.batch.BatchPage.Place;
import dev.nightmail.core.batch.Decision;
import dev.nightmail.core.journal.BatchDraft;
import dev.nightmail.core.journal.ResultFile;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.engine.desk.BatchDesk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A desk without an engine behind it: tests say what becomes of its batches. */
final class InMemoryBatchDesk implements BatchDesk {

    static final Instant START = Instant.parse("2026-11-20T21:30:00.123456Z");

    /** Seeded: the ids of a test are the same every time. */
    private final RandomGenerator random = new SplittableRandom(42);

    private final Map<BatchId, Batch> batches = new TreeMap<>(Collections.reverseOrder());
    private final Map<BatchId, Path> results = new TreeMap<>();
    final List<InMemoryDraft> drafts = new CopyOnWriteArrayList<>();

    /** What came with each hand-in. */
    final List<Terms> terms = new CopyOnWriteArrayList<>();

    private Instant now = START;
    private int watchers;
    private boolean stopping;
    private Limits limits = new Limits(100_000, 256L * 1024 * 1024);
    private @Nullable RuntimeException failure;

    @Override
    public Limits limits() {
        return limits;
    }

    synchronized void limits(Limits limits) {
        this.limits = limits;
    }

    /** What every hand-in ends with from now on. */
    synchronized void failWith(RuntimeException failure) {
        this.failure = failure;
    }

    @Override
    public synchronized BatchDraft draft() {
        now = now.plusSeconds(1);
        var draft = new InMemoryDraft(BatchId.create(now, random));
        drafts.add(draft);
        return draft;
    }

    @Override
    public synchronized Submission submit(BatchDraft draft, Terms terms) {
        if (failure != null) {
            throw failure;
        }
        this.terms.add(terms);
        var key = terms.idempotencyKey();
        if (key != null) {
            for (var batch : batches.values()) {
                if (key.equals(batch.header().idempotencyKey())) {
                    return batch.header().bodySha256().equals(terms.bodySha256())
                            ? new Submission.Replayed(batch)
                            : new Submission.KeyReused();
                }
            }
        }
        var header =
                new BatchHeader(
                        draft.id(),
                        terms.workspace(),
                        terms.key(),
                        now,
                        now.plus(Duration.ofHours(24)),
                        terms.apiVersion(),
                        terms.betas(),
                        terms.userProfileId(),
                        draft.size(),
                        draft.models(),
                        terms.bodySha256(),
                        key);
        draft.commit(header);
        var batch = Batch.accepted(header);
        batches.put(batch.id(), batch);
        return new Submission.Accepted(batch);
    }

    /** Settles requests of a batch, the file being its results so far. */
    synchronized void settle(BatchId id, int succeeded, Path file) {
        int size = batch(id).header().requestCount();
        results.put(id, file);
        change(
                id,
                batch(id)
                        .after(
                                new ResultsSettled(
                                        new RequestCounts(size - succeeded, succeeded, 0, 0, 0))));
    }

    /** Ends a batch, its results being in the file. */
    synchronized void end(BatchId id, Path file) {
        int size = batch(id).header().requestCount();
        results.put(id, file);
        change(id, batch(id).after(new ResultsSettled(new RequestCounts(0, size, 0, 0, 0))));
        change(id, batch(id).after(new BatchEnded(now.plusSeconds(60))));
    }

    synchronized void archive(BatchId id) {
        change(id, batch(id).after(new ResultsArchived(now.plus(Duration.ofDays(29)))));
    }

    synchronized Batch batch(BatchId id) {
        return Optional.ofNullable(batches.get(id)).orElseThrow();
    }

    private void change(BatchId id, Batch batch) {
        batches.put(id, batch);
        notifyAll();
    }

    /** How many wait for a change. */
    synchronized int watchers() {
        return watchers;
    }

    /** Lets go whoever waits, as a server does that stops. */
    synchronized void stop() {
        stopping = true;
        notifyAll();
    }

    @Override
    public synchronized Optional<Batch> awaitChange(
            WorkspaceId workspace, Batch seen, Duration patience) throws InterruptedException {
        watchers++;
        try {
            long deadline = System.nanoTime() + patience.toNanos();
            while (!stopping && find(workspace, seen.id()).equals(Optional.of(seen))) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return Optional.of(seen);
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            if (stopping) {
                throw new StoppingException();
            }
            return find(workspace, seen.id());
        } finally {
            watchers--;
        }
    }

    @Override
    public synchronized ResultsSoFar resultsSoFar(WorkspaceId workspace, BatchId id) {
        var found = find(workspace, id);
        if (found.isEmpty()) {
            return new ResultsSoFar.NotFound();
        }
        var file = results.get(id);
        if (found.get().archivedAt() != null || file == null) {
            return new ResultsSoFar.Archived(found.get());
        }
        return new ResultsSoFar.Settled(found.get(), stored(file));
    }

    @Override
    public synchronized Optional<Batch> find(WorkspaceId workspace, BatchId id) {
        return Optional.ofNullable(batches.get(id))
                .filter(batch -> batch.header().workspace().equals(workspace));
    }

    @Override
    public synchronized BatchPage page(WorkspaceId workspace, BatchPage.Query query) {
        var mine = new ArrayList<Batch>();
        for (var batch : batches.values()) {
            if (!batch.header().workspace().equals(workspace)) {
                continue;
            }
            boolean wanted =
                    switch (query.place()) {
                        case Place.Newest _ -> true;
                        case Place.After(var cursor) -> batch.id().compareTo(cursor) < 0;
                        case Place.Before(var cursor) -> batch.id().compareTo(cursor) > 0;
                    };
            if (wanted) {
                mine.add(batch);
            }
        }
        boolean more = mine.size() > query.limit();
        if (!more) {
            return new BatchPage(mine, false);
        }
        return query.place() instanceof Place.Before
                ? new BatchPage(mine.subList(mine.size() - query.limit(), mine.size()), true)
                : new BatchPage(mine.subList(0, query.limit()), true);
    }

    @Override
    public synchronized Cancellation cancel(WorkspaceId workspace, BatchId id) {
        var found = find(workspace, id);
        if (found.isEmpty()) {
            return new Cancellation.NotFound();
        }
        return switch (found.get().cancel(now.plusSeconds(5))) {
            case Decision.Accepted(var events) -> {
                var batch = found.get();
                for (var event : events) {
                    batch = batch.after(event);
                }
                change(id, batch);
                yield new Cancellation.Canceling(batch);
            }
            case Decision.Refused _ -> new Cancellation.AlreadyEnded(found.get());
        };
    }

    @Override
    public synchronized Deletion delete(WorkspaceId workspace, BatchId id) {
        var found = find(workspace, id);
        if (found.isEmpty()) {
            return new Deletion.NotFound();
        }
        if (found.get().delete() instanceof Decision.Refused) {
            return new Deletion.StillProcessing(found.get());
        }
        batches.remove(id);
        var file = results.remove(id);
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return new Deletion.Deleted();
    }

    @Override
    public synchronized Results results(WorkspaceId workspace, BatchId id) {
        var found = find(workspace, id);
        if (found.isEmpty()) {
            return new Results.NotFound();
        }
        var batch = found.get();
        if (batch.archivedAt() != null) {
            return new Results.Archived(batch);
        }
        var file = results.get(id);
        return file == null || !batch.isOver()
                ? new Results.NotEnded(batch)
                : new Results.Ready(batch, stored(file));
    }

    private static ResultFile stored(Path file) {
        return new ResultFile() {
            @Override
            public long length() {
                try {
                    return Files.size(file);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public SeekableByteChannel open() throws IOException {
                return FileChannel.open(file);
            }

            @Override
            public Optional<Path> path() {
                return Optional.of(file);
            }
        };
    }
}
