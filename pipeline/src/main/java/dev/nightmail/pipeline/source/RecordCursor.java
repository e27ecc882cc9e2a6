package dev.nightmail.pipeline.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A walk over a source, one record at a time. Used by one thread; closing it frees what it holds,
 * wherever it stands.
 */
public interface RecordCursor extends AutoCloseable {

    /**
     * The next record, or null after the last.
     *
     * @throws SourceException if the source cannot be read on, or a record has no usable id
     */
    @Nullable SourceRecord next();

    /** Files the source names that are the pipeline's own, and so none of its records. */
    default List<String> leftOut() {
        return List.of();
    }

    @Override
    void close();
}
