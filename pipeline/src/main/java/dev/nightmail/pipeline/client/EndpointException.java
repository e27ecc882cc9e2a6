package dev.nightmail.pipeline.client;

import org.jspecify.annotations.Nullable;

/**
 * A call to the endpoint did not do what it should. Which kind tells what may be done about it;
 * messages never hold a key, a prompt or an answer.
 */
public abstract sealed class EndpointException extends RuntimeException
        permits RefusedException, UnreachableException, AnswerLostException, BrokenAnswerException {
    EndpointException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** What happened, in a few words. */
    public String inBrief() {
        return String.valueOf(getMessage());
    }
}
