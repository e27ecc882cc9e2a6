package dev.nightmail.pipeline.source;

import org.jspecify.annotations.Nullable;

/**
 * A source cannot be read, or gave a record that cannot be used. The message says what to change,
 * and quotes ids but no other field.
 */
public final class SourceException extends RuntimeException {
    public SourceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public SourceException(String message) {
        this(message, null);
    }
}
