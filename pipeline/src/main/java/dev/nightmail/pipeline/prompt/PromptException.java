package dev.nightmail.pipeline.prompt;

import org.jspecify.annotations.Nullable;

/** A prompt cannot be built; names the template's flaw or the record's missing field. */
public final class PromptException extends RuntimeException {
    PromptException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
