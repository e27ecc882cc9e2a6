package dev.nightmail.upstream.schema;

/** No value could be made up: the schema contradicts itself, or asks for more than we know how. */
public final class UnsatisfiableException extends Exception {
    UnsatisfiableException(String reason) {
        // Made and caught while branches are tried: a stack trace would be most of its cost.
        super(reason, null, false, false);
    }

    /** The reason, never null. */
    public String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
