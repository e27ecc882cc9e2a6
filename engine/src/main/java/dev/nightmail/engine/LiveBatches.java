package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState.Canceling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The running batches as clients may see them. Written by the scheduler thread, read by many. */
final class LiveBatches {

    private final Map<BatchId, Batch> published = new ConcurrentHashMap<>();
    private final Map<BatchId, List<CompletableFuture<Batch>>> cancelers =
            new ConcurrentHashMap<>();

    Optional<Batch> find(BatchId id) {
        return Optional.ofNullable(published.get(id));
    }

    void publish(Batch batch) {
        published.put(batch.id(), batch);
        if (batch.state() instanceof Canceling || batch.isOver()) {
            tellCancelers(batch);
        }
    }

    /** Who asks from here on finds the batch in the catalog. */
    void remove(BatchId id) {
        var last = published.remove(id);
        if (last != null) {
            tellCancelers(last);
        }
    }

    private void tellCancelers(Batch batch) {
        var waiting = cancelers.remove(batch.id());
        if (waiting != null) {
            waiting.forEach(canceler -> canceler.complete(batch));
        }
    }

    /** Completes with the batch once it is published as canceling or ended. */
    CompletableFuture<Batch> whenCanceledOrOver(BatchId id) {
        var canceler = new CompletableFuture<Batch>();
        cancelers.compute(
                id,
                (_, waiting) -> {
                    var all = waiting == null ? new ArrayList<CompletableFuture<Batch>>() : waiting;
                    all.add(canceler);
                    return all;
                });
        return canceler;
    }

    /** This one waits no longer. */
    void giveUp(BatchId id, CompletableFuture<Batch> canceler) {
        canceler.cancel(false);
        cancelers.computeIfPresent(
                id,
                (_, waiting) -> {
                    waiting.removeIf(CompletableFuture::isDone);
                    return waiting.isEmpty() ? null : waiting;
                });
    }
}
