package dev.nightmail.engine.relay;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.request.Request;

/** Where the requests of running batches are read. Safe for many threads. */
public interface RequestSource {

    /**
     * @throws dev.nightmail.core.journal.JournalException if it cannot be read, now or ever
     */
    Request read(BatchId batch, int number);
}
