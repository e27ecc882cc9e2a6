package dev.nightmail.pipeline.answer;

import org.jspecify.annotations.Nullable;

/** The file named by {@code output.schema} is JSON, but no schema. */
public final class InvalidSchemaException extends RuntimeException {
    InvalidSchemaException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
