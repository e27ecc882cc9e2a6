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

    /**
     * Whether it is as good as silence: nobody answered, or something in between did, or the
     * service will answer later. A sign-in page or a redirect in the middle of a run is no word of
     * the service's: the batch is there, and so is the key that made it.
     */
    public boolean isSilence() {
        return switch (this) {
            case UnreachableException _, BrokenAnswerException _ -> true;
            case RefusedException refusal -> refusal.mayPass() || !refusal.isServicesOwn();
            case AnswerLostException _ -> false;
        };
    }

    /** What happened, in a few words. */
    public String inBrief() {
        return String.valueOf(getMessage());
    }
}
