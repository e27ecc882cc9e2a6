package dev.nightmail.wire.error;

/**
 * Whose fault an error is, and so what can be done about it. Read by {@link ErrorReading}; what to
 * do is decided from the case, never from a text.
 *
 * <p>{@link ServiceError#isServicesOwn} of {@link #error} says whether the service itself spoke. If
 * not, a call that makes something may have been carried out whatever the case: only the service's
 * own words say that it was not.
 */
public sealed interface ErrorMeaning {

    /** The status it came under. */
    int status();

    ServiceError error();

    /**
     * Whether the Messages API itself refused, in its own envelope. Only then a call that makes
     * something is known not to have made it: other envelopes are those of gateways as well, and a
     * redirect is nobody's refusal.
     */
    default boolean isInTheApisWords() {
        return status() >= 400 && error().envelope() == Envelope.MESSAGES_API;
    }

    /**
     * Whether the service says that what was asked for is not there. A proxy's 404 says nothing.
     */
    default boolean isNotThere() {
        return status() == 404 && isInTheApisWords();
    }

    /**
     * The service does not serve us, whatever the request, until a person mends it. Waiting costs
     * nothing; settling requests by it would burn a batch in seconds.
     */
    record Ours(Cause cause, int status, ServiceError error) implements ErrorMeaning {}

    /** What keeps a service from serving us. */
    enum Cause {
        /** Our key is missing, wrong, revoked or may not do this at all. */
        CREDENTIAL,
        /** The account has no money, no credits or no plan. */
        NO_MONEY,
        /** The account or organization is disabled, on hold, or in the wrong country. */
        ON_HOLD,
        /** A limit of spending that somebody set is reached. */
        SPEND_LIMIT,
        /** What answered is not the API, or not at this path. */
        WRONG_URL,
        /** The service is another Nightmail, which is not served by its own upstream. */
        UPSTREAM_OF_UPSTREAM
    }

    /** The service will not answer this request, however often it is asked. */
    record OfRequest(Fault fault, int status, ServiceError error) implements ErrorMeaning {}

    /** What is wrong with a request. */
    enum Fault {
        INVALID,
        /** The prompt leaves no room in the model's context window. */
        CONTEXT_EXCEEDED,
        /** The body is too large (413). A create may be halved. */
        TOO_LARGE,
        /** There is no such model. */
        NOT_FOUND,
        /** Our key may not use this model. */
        NOT_PERMITTED,
        /** A fault of which the service says that trying again does not help. */
        NOT_TO_BE_RETRIED
    }

    /**
     * The service has no room now.
     *
     * @param overloaded whether it works on as much as it can (529, 503), rather than having taken
     *     as much from us as it allows in a while (429)
     */
    record NoRoom(boolean overloaded, int status, ServiceError error) implements ErrorMeaning {}

    /** The service tried and failed. Another try may go better. */
    record Failed(int status, ServiceError error) implements ErrorMeaning {}

    /**
     * Something between us and the service answered: whether the service has the call, and whether
     * it carried it out, is not known.
     */
    record Lost(int status, ServiceError error) implements ErrorMeaning {}
}
