package dev.nightmail.pipeline.state;

import org.jspecify.annotations.Nullable;

/**
 * The state file cannot be used: taken by another run, of another release, or refused by the disk.
 */
public final class StateException extends RuntimeException {
    StateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
