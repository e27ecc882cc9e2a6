package dev.nightmail.pipeline.sink;

import org.jspecify.annotations.Nullable;

/**
 * A file of the run's output cannot be written; what it held before is still there, and so are the
 * answers in the state.
 */
public sealed class SinkException extends RuntimeException permits ReaderGoneException {
    /** Says what to do, and shows neither answers nor secrets. */
    public SinkException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
