package dev.nightmail.pipeline.source;

import org.jspecify.annotations.Nullable;

/**
 * A finite source: gives the records of a pipeline, in the same order each time as long as what it
 * reads stays the same.
 */
public interface RecordSource {

    /** Reads from the beginning. */
    default RecordCursor open() {
        return open(null);
    }

    /**
     * Reads on.
     *
     * @param position of an earlier walk over a source with the same {@link #identity}, as its
     *     cursor told it; what stands before it may be left out. Null: from the beginning. A source
     *     whose cursors tell no position ignores it
     * @throws SourceException if the source cannot be read
     */
    RecordCursor open(@Nullable String position);

    /**
     * Tells what there is to read from what there was: as long as it is the same, reading again
     * would give the same records. Null if only reading tells.
     *
     * @throws SourceException if the source cannot be looked at
     */
    default @Nullable String fingerprint() {
        return null;
    }

    /** What a position is a position in: another identity starts at the beginning. */
    default String identity() {
        return "";
    }
}
