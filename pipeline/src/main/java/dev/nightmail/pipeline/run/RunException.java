package dev.nightmail.pipeline.run;

import org.jspecify.annotations.Nullable;

/**
 * A run cannot go on; says what to do. What was done is in the state and, as far as there are
 * answers, in the sink.
 */
public final class RunException extends RuntimeException {
    RunException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
