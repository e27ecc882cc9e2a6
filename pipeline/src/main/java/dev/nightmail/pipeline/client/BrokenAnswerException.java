package dev.nightmail.pipeline.client;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The endpoint answered with success, but with something the API does not allow. */
public final class BrokenAnswerException extends EndpointException {

    private final boolean isPage;

    public BrokenAnswerException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private BrokenAnswerException(String message, @Nullable Throwable cause, boolean isPage) {
        super(message, cause);
        this.isPage = isPage;
    }

    /** A success that is no JSON object at all, as a web page is none. */
    static BrokenAnswerException page(String operation, URI endpoint, @Nullable Throwable cause) {
        return new BrokenAnswerException(
                operation
                        + " was answered with a page, not with the Message Batches API: is "
                        + endpoint
                        + " the right address?",
                cause,
                true);
    }

    /** Whether it was something else than this API that answered. */
    public boolean isPage() {
        return isPage;
    }
}
