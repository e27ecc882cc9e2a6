package dev.nightmail.pipeline.prompt;

import org.jspecify.annotations.Nullable;

/**
 * The template cannot be filled with one record. As a message it speaks of the template, for where
 * no record fills it; its reason speaks of the record alone.
 */
public final class UnfilledPromptException extends PromptException {

    private final String reason;
    private final @Nullable String missingField;

    UnfilledPromptException(
            String message,
            String reason,
            @Nullable String missingField,
            @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.missingField = missingField;
    }

    /** What is wrong with the record, and what to do; quotes nothing that stands in it. */
    public String reason() {
        return reason;
    }

    /** The field the template names and the record lacks; null if it is something else. */
    public @Nullable String missingField() {
        return missingField;
    }
}
