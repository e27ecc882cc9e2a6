package dev.nightmail.core.journal;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.request.RequestLog;
import dev.nightmail.core.result.ResultLog;
import dev.nightmail.core.result.Settled;
import dev.nightmail.core.retention.ClockState;
import dev.nightmail.core.usage.Tally;
import java.util.List;
import java.util.Optional;

/**
 * The files of all batches: the truth about them. Safe for many threads, but one thread at a time
 * per batch where a method writes. Every method throws {@link JournalException} when storage fails.
 */
public interface Journal {

    /** Starts to take in a batch. Until it is committed it lies apart and leaves nothing behind. */
    BatchDraft draft(BatchId id);

    /** Every batch that is there, in order of id. */
    List<BatchId> batches();

    /**
     * The batch as its folder last recorded it. Its counts are exact once it has ended; before,
     * they say that nothing has settled, and {@link #open} knows better. Empty if there is no such
     * folder.
     */
    Optional<Batch> find(BatchId id);

    /** Records state and counts, atomically and durably. */
    void record(Batch batch);

    /**
     * Opens a batch to be run: recovers its result log after whatever a crash did to it. What a
     * crash does not do, to lines that were durable, {@link #damages} finds.
     */
    OpenBatch open(BatchId id);

    /**
     * Reads every settled result, which takes as long as its bytes take to be read, and says which
     * are not what was written, in words for a person; normally none. Changes nothing; the batch
     * may be open.
     */
    List<String> damages(BatchId id);

    /** What has been used, folded over the result index. In the order of the tariffs. */
    List<Tally> usage(BatchId id);

    /**
     * The result lines of a batch as they stand, if they have not been archived. Those of a batch
     * that has ended are compared with their checksums when they are first asked for.
     *
     * @throws DamagedResultsException if some are not what was written
     */
    Optional<ResultFile> results(BatchId id);

    /**
     * Gives back the bytes of requests and results; what was recorded of the batch stays.
     * Repeatable.
     */
    void archive(BatchId id);

    /** Deletes everything of the batch. Repeatable. */
    void delete(BatchId id);

    /** What was remembered of the time of day; empty if nothing was, or if it cannot be read. */
    Optional<ClockState> clock();

    /** Remembers it, durably. */
    void rememberClock(ClockState state);

    /** A batch opened to be run. Closing it closes its logs. */
    interface OpenBatch extends AutoCloseable {
        RequestLog requests();

        ResultLog results();

        /** What was settled when it was opened. */
        Settled settled();

        /** How often its requests were tried. */
        AttemptMarks attempts();

        @Override
        void close();
    }
}
