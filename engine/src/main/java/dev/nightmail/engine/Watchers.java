package dev.nightmail.engine;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.engine.thread.Mailbox;
import dev.nightmail.engine.thread.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who waits for a batch to change. Each is told once and asks again if it wants more, so a slow one
 * holds up nobody and nothing piles up for it. Told by the scheduler thread, asked by many.
 */
final class Watchers {

    private final Map<BatchId, List<Mailbox<BatchId>>> waiting = new ConcurrentHashMap<>();
    private final Threads threads;

    Watchers(Threads threads) {
        this.threads = threads;
    }

    /** Receives the batch's id at the next change from now on. */
    Mailbox<BatchId> nextChange(BatchId id) {
        Mailbox<BatchId> watcher = threads.mailbox();
        waiting.compute(
                id,
                (_, others) -> {
                    var all = others == null ? new ArrayList<Mailbox<BatchId>>() : others;
                    all.add(watcher);
                    return all;
                });
        return watcher;
    }

    void tell(BatchId id) {
        var told = waiting.remove(id);
        if (told != null) {
            told.forEach(watcher -> watcher.put(id));
        }
    }

    /** There is something to know for everybody. */
    void tellAll() {
        waiting.keySet().forEach(this::tell);
    }

    /** This one waits no longer. */
    void giveUp(BatchId id, Mailbox<BatchId> watcher) {
        waiting.computeIfPresent(
                id,
                (_, others) -> {
                    others.remove(watcher);
                    return others.isEmpty() ? null : others;
                });
    }
}
