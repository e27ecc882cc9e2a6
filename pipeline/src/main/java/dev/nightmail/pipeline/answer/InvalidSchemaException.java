package dev.nightmail.pipeline.answer;

/** The file named by {@code output.schema} is JSON, but no schema. */
public final class InvalidSchemaException extends RuntimeException {
    InvalidSchemaException(String message) {
        super(message);
    }
}
