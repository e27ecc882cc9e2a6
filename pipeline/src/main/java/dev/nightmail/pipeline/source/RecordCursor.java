package dev.nightmail.pipeline.source;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A walk over a source, one record at a time. Used by one thread; closing it frees what it holds,
 * wherever it stands.
 */
public interface RecordCursor extends AutoCloseable {

    /**
     * The next record, usable or not, or null after the last.
     *
     * @throws SourceException if the source cannot be read on
     */
    @Nullable SourceItem next();

    /**
     * Where the last record came from, as its author can find it: a file, a row, a line. Empty if
     * its number in the source is all there is to say.
     */
    default Optional<String> place() {
        return Optional.empty();
    }

    /** Files the source names that are the pipeline's own, and so none of its records. */
    default List<String> leftOut() {
        return List.of();
    }

    /**
     * From where a later walk has to read so that it misses nothing, if every record given so far
     * is kept: the last ones may come again. Null if a later walk starts at the beginning.
     */
    default @Nullable String position() {
        return null;
    }

    @Override
    void close();
}
