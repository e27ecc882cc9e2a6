package dev.nightmail.api.json;

/** Bytes that are not JSON. Says where and what was expected, never what stood there. */
public final class MalformedJsonException extends RuntimeException {

    MalformedJsonException(String problem, long line, long column, long offset) {
        super(
                "%s at line %d, column %d (byte %d)".formatted(problem, line, column, offset),
                null,
                false,
                false);
    }
}
