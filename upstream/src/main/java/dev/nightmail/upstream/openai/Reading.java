package dev.nightmail.upstream.openai;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.usage.Usage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a call came to. The messages are for clients. */
sealed interface Reading {

    /**
     * @param message a Message
     * @param reported whether the server said what it used; if not, the usage is 0
     */
    record Answered(JsonBytes message, Usage usage, boolean reported) implements Reading {}

    /**
     * @param kind what is to be done about it
     * @param phase in a word or two for logs
     * @param retryAfter how long the body asks to be left alone; null if it does not say
     * @param mayHaveCost whether it may have to be paid for, if it failed
     */
    record Fault(
            Kind kind,
            ErrorType type,
            String message,
            String phase,
            @Nullable Duration retryAfter,
            boolean mayHaveCost)
            implements Reading {}

    /** Nothing was sent. */
    record Unreachable(ErrorType type, String message, String phase) implements Reading {}

    /**
     * The service does not serve us, whatever the request: a person has to look.
     *
     * @param type of the error, should it turn out that the service serves others
     * @param message of that error, for clients
     */
    record Barred(int status, String reason, ErrorType type, String message) implements Reading {}

    enum Kind {
        /** The request's own: it would be answered so again. */
        REFUSED,
        /** There is no room now. */
        THROTTLED,
        /** It may go better another time. */
        FAILED
    }
}
