package dev.nightmail.core.coding;

import java.io.IOException;

/** A body is not of the coding it claims, or it ends within it. */
public final class UndecodableException extends IOException {

    public UndecodableException(String problem) {
        super(problem);
    }

    public UndecodableException(String problem, Throwable cause) {
        super(problem, cause);
    }
}
