package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.state.Draft;
import java.time.Duration;

/**
 * The bounds of a run.
 *
 * @param batchRequestsMax requests of one batch; the API allows 100,000
 * @param batchBytesMax body of one batch; the API allows 256 MB, and a gateway in between may count
 *     differently
 * @param openBatchesMax batches under way at once
 * @param recordsPerCommit records planned in one transaction
 * @param resultsPerCommit results applied in one transaction
 * @param lookAgainAfter pause before a batch that was not found is looked for once more: what a
 *     create call on its way may take to arrive, and a list may lag behind
 * @param clockSkewMax how far the endpoint's clock may be behind ours
 * @param patience how long a run goes on while the endpoint cannot be reached or takes nothing
 * @param failedCreatesMax creates in a row that leave open whether they were taken, before a run
 *     with nothing else under way ends
 * @param sendWhileReadingAfter how long a source is read before the first batch is sent, if its end
 *     is not reached: a source that can be read in that time is checked whole before
 * @param countedSample requests the endpoint is asked to count for an estimate
 */
public record RunLimits(
        int batchRequestsMax,
        long batchBytesMax,
        int openBatchesMax,
        int recordsPerCommit,
        int resultsPerCommit,
        Duration lookAgainAfter,
        Duration clockSkewMax,
        Duration patience,
        int failedCreatesMax,
        Duration sendWhileReadingAfter,
        int countedSample) {

    /** Whether a batch that is being gathered has room for a request. */
    boolean admit(Draft draft, String customId, byte[] own) {
        return draft.requests() < batchRequestsMax
                && draft.bodyBytesWith(customId, own) <= batchBytesMax;
    }

    public static final RunLimits DEFAULT =
            new RunLimits(
                    100_000,
                    200_000_000,
                    16,
                    5_000,
                    2_000,
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(5),
                    Duration.ofHours(1),
                    5,
                    Duration.ofSeconds(5),
                    5);
}
