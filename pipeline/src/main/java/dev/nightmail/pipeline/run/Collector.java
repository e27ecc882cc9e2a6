package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.ResultStream;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.StoredBatch;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Fetches the results of an ended batch and has them applied, a group at a time. Broken off
 * anywhere, it may start over: what was applied stays applied once.
 */
final class Collector {

    private static final int DOWNLOADS_MAX = 3;

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

    void collect(StoredBatch batch, String batchId) throws InterruptedException {
        download(batch, batchId);
        applyMissing(batch);
        state.inTransaction(() -> state.batches().collected(batch, clock.instant()));
        listener.on(new RunEvent.BatchCollected(batch.number(), batchId));
    }

    private void download(StoredBatch batch, String batchId) throws InterruptedException {
        for (int download = 1; ; download++) {
            try (var results = client.results(batchId)) {
                apply(batch, results);
                return;
            } catch (BrokenAnswerException e) {
                // The results were not the same when a broken download was taken up: read them
                // afresh.
                if (download >= DOWNLOADS_MAX) {
                    throw e;
                }
            } catch (RefusedException e) {
                if (e.status() != 404) {
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

    private void apply(StoredBatch batch, ResultStream results) throws InterruptedException {
        long strange = 0;
        for (var group = group(results); !group.isEmpty(); group = group(results)) {
            strange += apply(batch, group);
            listener.on(new RunEvent.ResultsKept(batch.number(), group.size()));
        }
        if (strange > 0) {
            listener.on(new RunEvent.ResultsPassedOver(batch.number(), strange));
        }
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
