package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.ResultStream;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.StoredBatch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the results of an ended batch and has them applied, a group at a time. Broken off
 * anywhere, it may start over: what was applied stays applied once.
 *
 * <p>What is downloaded need not be the results: a proxy may answer with a page, a service may not
 * have written them all yet. A download that lacks results is fetched again for as long as the
 * run's patience lasts. Only then is a request sent again that has no result among others that do;
 * where there is no result at all, nothing is: its answers are paid for, and somewhere.
 */
final class Collector {

    private static final int DOWNLOADS_MAX = 3;
    private static final Duration PAUSE_MIN = Duration.ofSeconds(5);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(10);

    /** Since when a batch's results are incomplete, and when they are fetched again. */
    private record Waiting(Instant since, Instant until, Duration pause) {}

    private final Map<Integer, Waiting> waiting = new HashMap<>();
    private final BatchesClient client;
    private final PipelineState state;
    private final ResultApplier applier;
    private final RunLimits limits;
    private final InstantSource clock;
    private final ProgressListener listener;

    Collector(
            BatchesClient client,
            PipelineState state,
            ResultApplier applier,
            RunLimits limits,
            InstantSource clock,
            ProgressListener listener) {
        this.client = client;
        this.state = state;
        this.applier = applier;
        this.limits = limits;
        this.clock = clock;
        this.listener = listener;
    }

    /**
     * @return whether all results are in; if not, they are fetched again by a later call
     * @throws RunException if none of them could be read for as long as patience lasts
     */
    boolean collect(StoredBatch batch, String batchId) throws InterruptedException {
        var waited = waiting.get(batch.number());
        if (waited != null && clock.instant().isBefore(waited.until())) {
            return false;
        }
        var applied = download(batch, batchId);
        if (!state.batches().open(batch, 1).isEmpty()) {
            if (isWorthWaiting(waited)) {
                waitFor(batch, batchId, waited);
                return false;
            }
            if (applied.results() == 0) {
                throw new RunException(
                        "the results of "
                                + batchId
                                + " cannot be read: what the endpoint sends are no results. Run again once it does; or delete the batch there to have its "
                                + batch.requests()
                                + " requests sent, and paid for, anew",
                        null);
            }
            applyMissing(batch);
        }
        waiting.remove(batch.number());
        if (applied.strange() > 0) {
            listener.on(new RunEvent.ResultsPassedOver(batch.number(), applied.strange()));
        }
        state.inTransaction(() -> state.batches().collected(batch, clock.instant()));
        listener.on(new RunEvent.BatchCollected(batch.number(), batchId));
        return true;
    }

    private boolean isWorthWaiting(@Nullable Waiting waited) {
        return waited == null
                || Duration.between(waited.since(), clock.instant()).compareTo(limits.patience())
                        < 0;
    }

    private void waitFor(StoredBatch batch, String batchId, @Nullable Waiting waited) {
        var now = clock.instant();
        var doubled = waited == null ? PAUSE_MIN : waited.pause().multipliedBy(2);
        var pause = doubled.compareTo(PAUSE_MAX) < 0 ? doubled : PAUSE_MAX;
        waiting.put(
                batch.number(),
                new Waiting(waited == null ? now : waited.since(), now.plus(pause), pause));
        listener.on(
                new RunEvent.ResultsAwaited(
                        batch.number(), batchId, state.batches().openCount(batch), pause));
    }

    /** Lines of a download: results of the batch, and others. */
    private record Applied(long results, long strange) {}

    private Applied download(StoredBatch batch, String batchId) throws InterruptedException {
        for (int download = 1; ; download++) {
            try (var results = client.results(batchId)) {
                return apply(batch, results);
            } catch (BrokenAnswerException e) {
                // The results were not the same when a broken download was taken up: read them
                // afresh, and if need be later.
                if (download >= DOWNLOADS_MAX) {
                    return new Applied(0, 0);
                }
            } catch (RefusedException e) {
                if (!e.isNotThere()) {
                    throw e;
                }
                throw new RunException(
                        "the results of "
                                + batchId
                                + " are no longer at the endpoint: run again to send its "
                                + batch.requests()
                                + " requests anew",
                        e);
            }
        }
    }

    private Applied apply(StoredBatch batch, ResultStream results) throws InterruptedException {
        long lines = 0;
        long strange = 0;
        for (var group = group(results); !group.isEmpty(); group = group(results)) {
            var others = apply(batch, group);
            lines += group.size();
            strange += others;
            if (others < group.size()) {
                listener.on(new RunEvent.ResultsKept(batch.number(), group.size() - others));
            }
        }
        return new Applied(lines - strange, strange);
    }

    /** How many lines of the group are no results of the batch. */
    private int apply(StoredBatch batch, List<byte[]> group) {
        var strange = new int[1];
        state.inTransaction(() -> {
            for (var line : group) {
                if (!applier.apply(batch, line)) {
                    strange[0]++;
                }
            }
        });
        return strange[0];
    }

    private List<byte[]> group(ResultStream results) throws InterruptedException {
        var group = new ArrayList<byte[]>();
        long bytes = 0;
        while (group.size() < limits.resultsPerCommit() && bytes < GROUP_BYTES_MAX) {
            var line = results.nextLine();
            if (line == null) {
                break;
            }
            group.add(line);
            bytes += line.length;
        }
        return group;
    }

    /** Long answers make short groups: what is held in memory is bounded in bytes, too. */
    private static final long GROUP_BYTES_MAX = 16 * 1024 * 1024;

    private void applyMissing(StoredBatch batch) {
        while (true) {
            var missing = state.batches().open(batch, limits.resultsPerCommit());
            if (missing.isEmpty()) {
                return;
            }
            state.inTransaction(() -> missing.forEach(applier::applyMissing));
        }
    }
}
