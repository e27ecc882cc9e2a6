package dev.nightmail.core.journal;

import dev.nightmail.core.batch.BatchId;

/** Files of a batch are gone that nobody told us to delete: damage, and not the batch's end. */
public final class MissingFilesException extends JournalException {

    private final BatchId batch;
    private final String what;

    /**
     * @param what is missing, such as {@code results.jsonl}
     */
    public MissingFilesException(BatchId batch, String what) {
        super("%s of batch %s is missing: it was removed from the disk".formatted(what, batch));
        this.batch = batch;
        this.what = what;
    }

    public BatchId batch() {
        return batch;
    }

    public String what() {
        return what;
    }
}
