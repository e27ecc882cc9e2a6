package dev.nightmail.pipeline.client;

import org.jspecify.annotations.Nullable;

/** The endpoint answered with success, but with something the API does not allow. */
public final class BrokenAnswerException extends EndpointException {
    public BrokenAnswerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
