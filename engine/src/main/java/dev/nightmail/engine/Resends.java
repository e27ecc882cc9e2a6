package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.engine.desk.BatchDesk.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the batch that a create has made already when a client sends it again by itself. The SDKs
 * do so when our answer was lost or cut, say so ({@link Terms#resends}), and have no other way to
 * tell us; without this each lost answer would be a second batch, run and paid for.
 *
 * <p>A re-send is the same workspace, key and body, with a number of tries behind it. What it finds
 * is a batch that such a body made lately and that no call with as many tries behind it was given:
 * so two programs that send the same body each get their own. Of several the one that was sent
 * again before is taken first, then the newest. The catalog knows every batch, so this outlives a
 * restart; how often each was asked for again is remembered here only, and after a restart the
 * newest is taken.
 *
 * <p>A first try is a new batch whatever there was before. The one exception is a try that its own
 * re-send has overtaken: its batch was made while it was still coming in.
 *
 * <p>Safe for many threads; that of two calls with one body neither overlooks the other is up to
 * {@link Turns}.
 */
final class Resends {

    /**
     * How long after a batch was made or given again a re-send may find it. An SDK waits ten
     * minutes for an answer before it sends again, which takes its own time on the way.
     */
    static final Duration WINDOW = Duration.ofMinutes(15);

    private static final int PAGE = 100;

    /** Re-sends are rare; beyond this the oldest is forgotten, as by a restart. */
    private static final int TRACES_MAX = 10_000;

    /** What makes two creates the same. */
    record Body(WorkspaceId workspace, KeyId key, String sha256) {

        static Body of(Terms terms) {
            return new Body(terms.workspace(), terms.key(), terms.bodySha256());
        }

        boolean made(Batch batch) {
            var header = batch.header();
            return header.idempotencyKey() == null
                    && header.bodySha256().equals(sha256)
                    && header.key().equals(key);
        }
    }

    /**
     * What is known of a batch that was sent again, beyond what the catalog knows.
     *
     * @param madeAt when a re-send made it; null if a first try did
     * @param latest most tries that were behind a call it was given to
     * @param givenAt when that was
     */
    private record Trace(Body body, @Nullable Instant madeAt, int latest, Instant givenAt) {

        boolean wasMadeSince(Instant at) {
            return madeAt != null && !madeAt.isBefore(at);
        }

        boolean wasGivenSince(Instant at) {
            return !givenAt.isBefore(at);
        }
    }

    private final BatchCatalog catalog;
    private final SequencedMap<BatchId, Trace> traces = new LinkedHashMap<>();

    Resends(BatchCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * @param resends tries that are behind this call
     * @param arrivedAt when it began to come in
     */
    Optional<Batch> find(Body body, int resends, Instant arrivedAt) {
        return resends == 0
                ? madeByItsOwnResend(body, arrivedAt)
                : madeByAnEarlierTry(body, resends, arrivedAt)
                        .or(() -> givenToALaterTry(body, resends, arrivedAt));
    }

    private Optional<Batch> madeByItsOwnResend(Body body, Instant arrivedAt) {
        return traced(body, trace -> trace.wasMadeSince(arrivedAt));
    }

    private Optional<Batch> givenToALaterTry(Body body, int resends, Instant arrivedAt) {
        return traced(body, trace -> trace.latest() > resends && trace.wasGivenSince(arrivedAt));
    }

    private Optional<Batch> madeByAnEarlierTry(Body body, int resends, Instant arrivedAt) {
        var since = arrivedAt.minus(WINDOW);
        var sentAgainBefore =
                traced(body, trace -> trace.latest() < resends && trace.wasGivenSince(since));
        return sentAgainBefore.or(() -> newestNeverSentAgain(body, since));
    }

    /** The batch of the trace with the most tries, of those the newest. */
    private Optional<Batch> traced(Body body, Predicate<Trace> condition) {
        var found = new ArrayList<Map.Entry<BatchId, Trace>>();
        synchronized (traces) {
            for (var entry : traces.entrySet()) {
                if (entry.getValue().body().equals(body) && condition.test(entry.getValue())) {
                    found.add(Map.entry(entry.getKey(), entry.getValue()));
                }
            }
        }
        found.sort(
                Comparator.comparingInt(
                                (Map.Entry<BatchId, Trace> entry) -> entry.getValue().latest())
                        .thenComparing(Map.Entry::getKey)
                        .reversed());
        return found.stream().flatMap(entry -> catalog.find(entry.getKey()).stream()).findFirst();
    }

    private Optional<Batch> newestNeverSentAgain(Body body, Instant since) {
        BatchPage.Place place = new BatchPage.Place.Newest();
        while (true) {
            var page = catalog.page(body.workspace(), new BatchPage.Query(PAGE, place));
            for (var batch : page.batches()) {
                if (batch.header().createdAt().isBefore(since)) {
                    return Optional.empty();
                }
                if (body.made(batch) && !isTraced(batch.id())) {
                    return Optional.of(batch);
                }
            }
            var last = page.lastId();
            if (last == null || !page.hasMore()) {
                return Optional.empty();
            }
            place = new BatchPage.Place.After(last);
        }
    }

    private boolean isTraced(BatchId id) {
        synchronized (traces) {
            return traces.containsKey(id);
        }
    }

    /** A call with tries behind it has made a batch. */
    void made(Body body, int resends, Batch batch, Instant now) {
        if (resends > 0) {
            remember(batch.id(), new Trace(body, now, resends, now));
        }
    }

    /** A call was given a batch that was there. */
    void given(Body body, int resends, Batch batch, Instant now) {
        synchronized (traces) {
            var before = traces.getOrDefault(batch.id(), new Trace(body, null, 0, now));
            remember(
                    batch.id(),
                    new Trace(body, before.madeAt(), Math.max(before.latest(), resends), now));
        }
    }

    private void remember(BatchId id, Trace trace) {
        var since = trace.givenAt().minus(WINDOW);
        synchronized (traces) {
            // Put at the end: the order is that of the last time.
            traces.remove(id);
            traces.put(id, trace);
            traces.values().removeIf(old -> !old.wasGivenSince(since));
            if (traces.size() > TRACES_MAX) {
                traces.pollFirstEntry();
            }
        }
    }
}
