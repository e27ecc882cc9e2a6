package dev.nightmail.core.journal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * There is no room for what was to be written. Unlike any other failure of storage it passes when
 * somebody makes room, and nothing is broken meanwhile.
 */
public final class StorageFullException extends IOException {

    public StorageFullException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether this is why something failed. */
    public static boolean isBehind(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof StorageFullException) {
                return true;
            }
        }
        return false;
    }
}
