package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.engine.thread.Mailbox;
import dev.nightmail.engine.thread.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The running batches as clients may see them. Written by the scheduler thread, read by many. */
final class LiveBatches {

    private final Map<BatchId, Batch> published = new ConcurrentHashMap<>();
    private final Map<BatchId, List<Mailbox<Batch>>> cancelers = new ConcurrentHashMap<>();
    private final Threads threads;
    private final Watchers watchers;

    LiveBatches(Threads threads) {
        this.threads = threads;
        this.watchers = new Watchers(threads);
    }

    Watchers watchers() {
        return watchers;
    }

    Optional<Batch> find(BatchId id) {
        return Optional.ofNullable(published.get(id));
    }

    void publish(Batch batch) {
        var before = published.put(batch.id(), batch);
        if (batch.state() instanceof Canceling || batch.isOver()) {
            tellCancelers(batch);
        }
        if (!batch.equals(before)) {
            watchers.tell(batch.id());
        }
    }

    /** Who asks from here on finds the batch in the catalog. */
    void remove(BatchId id) {
        var last = published.remove(id);
        if (last != null) {
            tellCancelers(last);
            watchers.tell(id);
        }
    }

    private void tellCancelers(Batch batch) {
        var waiting = cancelers.remove(batch.id());
        if (waiting != null) {
            waiting.forEach(canceler -> canceler.put(batch));
        }
    }

    /** Receives the batch once it is published as canceling or ended. */
    Mailbox<Batch> whenCanceledOrOver(BatchId id) {
        Mailbox<Batch> canceler = threads.mailbox();
        cancelers.compute(
                id,
                (_, waiting) -> {
                    var all = waiting == null ? new ArrayList<Mailbox<Batch>>() : waiting;
                    all.add(canceler);
                    return all;
                });
        return canceler;
    }

    /** This one waits no longer. */
    void giveUp(BatchId id, Mailbox<Batch> canceler) {
        cancelers.computeIfPresent(
                id,
                (_, waiting) -> {
                    waiting.remove(canceler);
                    return waiting.isEmpty() ? null : waiting;
                });
    }
}
