package dev.nightmail.pipeline.source;

import org.jspecify.annotations.Nullable;

/**
 * A source cannot be read. The message says what to change, and quotes nothing of a record but its
 * id.
 */
public sealed class SourceException extends RuntimeException permits EmptySourceException {
    /** Says what to change, where something failed. */
    public SourceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Says what to change, where nothing else failed. */
    public SourceException(String message) {
        this(message, null);
    }
}
