package dev.nightmail.pipeline.client;

import dev.nightmail.wire.error.ErrorMeaning;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The endpoint answered with an error, after as many tries as were worth it. */
public final class RefusedException extends EndpointException {

    /** An error that repeats a prompt is cut: messages end up in logs. */
    private static final int WORDS_MAX = 500;

    private final ErrorMeaning meaning;
    private final String apiMessage;
    private final URI endpoint;

    /**
     * @param apiMessage the endpoint's words, or ours where it has none of this API
     */
    RefusedException(String operation, ErrorMeaning meaning, String apiMessage, URI endpoint) {
        super(operation + " was refused: " + brief(meaning, apiMessage) + requestOf(meaning), null);
        this.meaning = meaning;
        this.apiMessage = apiMessage;
        this.endpoint = endpoint;
    }

    public int status() {
        return meaning.status();
    }

    /** The API's error type, such as {@code invalid_request_error}; empty if it gave none. */
    public String type() {
        return meaning.error().type();
    }

    public String apiMessage() {
        return apiMessage;
    }

    public @Nullable String requestId() {
        return meaning.error().requestId();
    }

    /** Whether the same call may be answered otherwise later: overload, rate limits, faults. */
    public boolean mayPass() {
        return switch (meaning) {
            case ErrorMeaning.NoRoom _, ErrorMeaning.Failed _, ErrorMeaning.Lost _ -> true;
            case ErrorMeaning.Ours _, ErrorMeaning.OfRequest _ -> false;
        };
    }

    /**
     * Whether the service itself says that what was asked for does not exist. A proxy's 404 says
     * nothing of the service.
     */
    public boolean isNotThere() {
        return meaning.isNotThere();
    }

    /** Whether the words are the service's, and not those of something in between. */
    public boolean isServicesOwn() {
        return meaning.error().isServicesOwn();
    }

    /** Whether the account or its key is what is refused, whatever was asked. */
    public boolean isOfAccount() {
        return meaning instanceof ErrorMeaning.Ours ours
                && ours.cause() != ErrorMeaning.Cause.WRONG_URL;
    }

    /** Whether the service refused this very request, and would again. */
    public boolean isOfRequest() {
        return meaning instanceof ErrorMeaning.OfRequest && isServicesOwn();
    }

    /** Who refused it. */
    public URI endpoint() {
        return endpoint;
    }

    @Override
    public String inBrief() {
        return endpoint + " answers " + status();
    }

    String brief() {
        return brief(meaning, apiMessage);
    }

    private static String brief(ErrorMeaning meaning, String apiMessage) {
        var type = meaning.error().type();
        var words =
                apiMessage.length() <= WORDS_MAX
                        ? apiMessage
                        : apiMessage.substring(0, WORDS_MAX) + "…";
        return meaning.status() + (type.isEmpty() ? "" : " " + type) + ": " + words;
    }

    private static String requestOf(ErrorMeaning meaning) {
        var requestId = meaning.error().requestId();
        return requestId == null ? "" : " (request " + requestId + ")";
    }
}
