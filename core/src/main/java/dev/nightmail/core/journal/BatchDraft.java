package dev.nightmail.core.journal;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestSummary;
import java.util.List;

/** A batch being taken in. One thread. Memory does not grow with the bytes it takes. */
public interface BatchDraft extends AutoCloseable {

    /** What the draft is called while it lies apart; the batch is named by its header. */
    BatchId id();

    /**
     * Adds the next request.
     *
     * @param params array holding the params' JSON, from {@code offset}, {@code length} bytes, as
     *     the client sent them; not kept. Line breaks become spaces on the way to storage
     */
    void add(CustomId customId, RequestSummary summary, byte[] params, int offset, int length);

    /** Requests added so far. */
    int size();

    /** The models named so far, in order of first appearance. */
    List<String> models();

    /**
     * Makes it a batch: everything of it is on stable storage when this returns, and a restart will
     * find it.
     */
    void commit(BatchHeader header);

    /** Drops the draft with all its bytes, unless it was committed. */
    @Override
    void close();
}
