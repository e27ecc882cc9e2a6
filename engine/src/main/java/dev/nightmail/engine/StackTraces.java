package dev.nightmail.engine;

import dev.nightmail.core.journal.StorageFullException;
import org.jspecify.annotations.Nullable;

/** Which failures of storage are worth a stack trace in the log. */
final class StackTraces {

    private StackTraces() {}

    /** Nothing of a full disk, which comes again and again and says what it is in its message. */
    static @Nullable Throwable of(Throwable failure) {
        return StorageFullException.isBehind(failure) ? null : failure;
    }
}
