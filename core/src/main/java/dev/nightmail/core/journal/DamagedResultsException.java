package dev.nightmail.core.journal;

import dev.nightmail.core.batch.BatchId;

/**
 * Results of a batch are not on storage as they were written; none of it is served before a repair.
 */
public final class DamagedResultsException extends JournalException {

    private final BatchId batch;
    private final int results;

    public DamagedResultsException(BatchId batch, int results) {
        super("%d results of batch %s are damaged".formatted(results, batch));
        this.batch = batch;
        this.results = results;
    }

    public BatchId batch() {
        return batch;
    }

    /** How many of them. */
    public int results() {
        return results;
    }
}
