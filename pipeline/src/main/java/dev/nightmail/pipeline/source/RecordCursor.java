package dev.nightmail.pipeline.source;

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

    @Override
    void close();
}
