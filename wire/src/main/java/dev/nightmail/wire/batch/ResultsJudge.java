package dev.nightmail.wire.batch;

import dev.nightmail.wire.batch.ResultsDownload.Lines;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Judges one download of a batch's results, line by line as it comes. An answer was paid for, so it
 * counts whatever other lines there are for the same request, and wherever they stand: it is acted
 * on at once, and every other result only when the whole download holds no answer for its request.
 *
 * <p>Memory holds what is kept back, and what the caller keeps beside ({@link #reserve}), up to a
 * bound. Where that is not enough, the results are downloaded once more ({@link #again}), now that
 * it is known who has no answer. Of several lines for one of those the first is acted on then,
 * unless a better one was kept back: that a better one found no room is not remembered. One thread.
 *
 * @param <K> names a request
 * @param <R> what the caller makes of a line
 */
public final class ResultsJudge<K, R> {

    /** What keeping one result takes beside its own bytes. */
    private static final int KEPT_BYTES_EACH = 120;

    private final int requests;
    private final long keptBytesMax;
    private final Map<K, Kept<R>> kept = new LinkedHashMap<>();
    private long keptBytes;
    private boolean overflowed;
    private boolean actsOnAll;
    private int settled;
    private int repeated;
    private int ofNobody;
    private int unreadable;

    /** What a result says of its request, from what counts most to what counts least. */
    public enum Standing {
        /** It was answered, and paid for. */
        ANSWER,
        /** It has no answer, and is not to be sent again: nothing helps it, or it may be paid. */
        FINAL,
        /** It has no answer, and may be sent again. */
        OPEN
    }

    private record Kept<R>(Standing standing, R result, int bytes) {}

    /**
     * @param requests of the batch
     * @param keptBytesMax what may be held in all of what is no answer
     */
    public ResultsJudge(int requests, long keptBytesMax) {
        this.requests = requests;
        this.keptBytesMax = keptBytesMax;
    }

    /**
     * Takes a result of a request of the batch that was not acted on in this download.
     *
     * @param bytes that keeping the result takes
     * @return whether to act on it now; else it is kept back, or counts for nothing
     */
    public boolean take(K request, Standing standing, R result, int bytes) {
        var before = kept.get(request);
        if (before != null) {
            repeated();
        }
        boolean hasBetter = before != null && before.standing().compareTo(standing) < 0;
        if (standing == Standing.ANSWER || (actsOnAll && !hasBetter)) {
            forget(request);
            settled++;
            return true;
        }
        if (before == null || before.standing().compareTo(standing) > 0) {
            keep(request, new Kept<>(standing, result, bytes));
        }
        return false;
    }

    private void forget(K request) {
        var before = kept.remove(request);
        if (before != null) {
            release(before.bytes());
        }
    }

    /** In the place of what was kept for the same request. */
    private void keep(K request, Kept<R> result) {
        var before = kept.get(request);
        if (before != null) {
            release(before.bytes());
        }
        if (reserve(result.bytes())) {
            kept.put(request, result);
        } else {
            kept.remove(request);
            overflowed = true;
        }
    }

    /**
     * Takes room for something of so many bytes, of the room that there is for what is kept back.
     *
     * @return whether there was room; {@link #release} gives it back
     */
    public boolean reserve(int bytes) {
        long all = KEPT_BYTES_EACH + (long) bytes;
        if (keptBytes + all > keptBytesMax) {
            return false;
        }
        keptBytes += all;
        return true;
    }

    /** Gives back the room of something of so many bytes. */
    public void release(int bytes) {
        keptBytes -= KEPT_BYTES_EACH + (long) bytes;
    }

    /** A line for a request whose result was acted on in an earlier download. */
    public void settledBefore() {
        settled++;
    }

    /** Another line for a request that was acted on in this download, or counted before. */
    public void repeated() {
        repeated += counted();
    }

    /** A line for a request that is not of the batch. */
    public void ofNobody() {
        ofNobody += counted();
    }

    /** A line that is no result. */
    public void unreadable() {
        unreadable += counted();
    }

    /** The second download of the same brings every line once more. */
    private int counted() {
        return actsOnAll ? 0 : 1;
    }

    /** Requests of which it said nothing that can be read; 0 while that cannot be told. */
    public int missing() {
        return overflowed ? 0 : requests - settled - kept.size();
    }

    /** Whether not all could be kept back that was said of requests without an answer. */
    public boolean needsAgain() {
        return overflowed;
    }

    /** Begins the next download of the same: those without an answer in this one have none. */
    public void again() {
        overflowed = false;
        actsOnAll = true;
    }

    public boolean actsOnAll() {
        return actsOnAll;
    }

    /** How many results are kept back. */
    public int keptBackCount() {
        return kept.size();
    }

    /** What was kept back, in the order it came; it is up to the caller now. */
    public Map<K, R> keptBack() {
        var all = new LinkedHashMap<K, R>();
        kept.forEach((request, result) -> {
            all.put(request, result.result());
            release(result.bytes());
        });
        settled += kept.size();
        kept.clear();
        return all;
    }

    /** What it is, now that it has ended. Not to be asked while it needs another download. */
    public ResultsDownload judge() {
        var lines = new Lines(requests - missing(), repeated, ofNobody, unreadable);
        if (missing() <= 0) {
            return new ResultsDownload.Whole(lines);
        }
        return lines.results() == 0
                ? new ResultsDownload.NoResults(lines)
                : new ResultsDownload.Incomplete(missing(), lines);
    }
}
