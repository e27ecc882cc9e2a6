package dev.nightmail.pipeline.client;

import org.jspecify.annotations.Nullable;

/**
 * A create was sent and its answer did not arrive whole: the batch may exist or not. Look for it
 * before sending it again.
 */
public final class AnswerLostException extends EndpointException {
    public AnswerLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
