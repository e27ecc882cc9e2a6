package dev.nightmail.upstream.simulator;

import dev.nightmail.core.error.ErrorType;

/** The simulated service refuses a request, as the real one would. */
final class RefusedException extends Exception {

    private final ErrorType type;
    private final String reason;

    RefusedException(ErrorType type, String reason) {
        // An answer, not an accident: nobody reads its stack trace.
        super(reason, null, false, false);
        this.type = type;
        this.reason = reason;
    }

    static RefusedException invalid(String reason) {
        return new RefusedException(ErrorType.INVALID_REQUEST_ERROR, reason);
    }

    ErrorType type() {
        return type;
    }

    String reason() {
        return reason;
    }
}
