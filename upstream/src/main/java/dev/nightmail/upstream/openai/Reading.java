package dev.nightmail.upstream.openai;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.usage.Usage;

/** What a call came to. The messages are for clients. */
sealed interface Reading {

    /**
     * @param message a Message
     */
    record Answered(JsonBytes message, Usage usage) implements Reading {}

    /**
     * @param kind what is to be done about it
     * @param phase in a word or two for logs
     */
    record Fault(Kind kind, ErrorType type, String message, String phase) implements Reading {}

    /** Nothing was sent. */
    record Unreachable(ErrorType type, String message, String phase) implements Reading {}

    /** The service does not serve us, whatever the request: a person has to look. */
    record Barred(int status, String reason) implements Reading {}

    enum Kind {
        /** The request's own: it would be answered so again. */
        REFUSED,
        /** There is no room now. */
        THROTTLED,
        /** It may go better another time. */
        FAILED
    }
}
