package dev.nightmail.pipeline.prompt;

import org.jspecify.annotations.Nullable;

/** A prompt cannot be built; names the template's flaw or the record's missing field. */
public sealed class PromptException extends RuntimeException permits UnfilledPromptException {
    PromptException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
