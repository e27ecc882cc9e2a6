package dev.nightmail.bench.measure;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param requests of a batch
 * @param rounds in which ours and the limit are measured in turn
 * @param heapMax of the server that takes such a batch, as the virtual machine is told
 * @param requestsBeforeRestart of each of the batches that a killed server comes back to
 * @param heapMaxAtRestart of that server
 * @param inFlight calls at once at a slow upstream
 * @param requestsOfTen of each of ten batches that are under way at once
 * @param heapMaxForTen of the server that has them
 * @param soak how long hostile and good clients are at one server
 * @param heapMaxAtSoak of that server
 * @param pipeline of which pipelines have how many records
 */
public record Scale(
        int requests,
        int rounds,
        String heapMax,
        int requestsBeforeRestart,
        String heapMaxAtRestart,
        int inFlight,
        int requestsOfTen,
        String heapMaxForTen,
        Duration soak,
        String heapMaxAtSoak,
        PipelineScale pipeline) {

    /** The published limits: 100,000 requests, just under 256 MB, in a heap no larger than that. */
    public static final Scale FULL =
            new Scale(
                    100_000,
                    5,
                    "256m",
                    100_000,
                    "512m",
                    10_000,
                    100_000,
                    "512m",
                    Duration.ofMinutes(30),
                    "512m",
                    PipelineScale.FULL);

    /**
     * Enough to notice what is broken, quick enough for every commit. The heap has no room for the
     * body of a batch, or its results, beside what the server itself needs.
     */
    public static final Scale SMOKE =
            new Scale(
                    10_000,
                    2,
                    "48m",
                    10_000,
                    "96m",
                    2_500,
                    4_000,
                    "96m",
                    Duration.ofSeconds(24),
                    "512m",
                    PipelineScale.SMOKE);

    /** Of 100,000 requests each: a million settled results. */
    public static final int BATCHES_BEFORE_RESTART = 10;

    /** The same with a pipeline of so many records, and others in proportion. */
    public Scale withRecords(int records) {
        return new Scale(
                requests,
                rounds,
                heapMax,
                requestsBeforeRestart,
                heapMaxAtRestart,
                inFlight,
                requestsOfTen,
                heapMaxForTen,
                soak,
                heapMaxAtSoak,
                pipeline.withRecords(records));
    }
}
