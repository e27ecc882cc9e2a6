package dev.nightmail.upstream.openai;

/** A request cannot be put into the words of the other API. The message begins with its field. */
final class RefusedException extends Exception {

    private final String reason;

    private RefusedException(String reason) {
        // An answer, not an accident: nobody reads its stack trace.
        super(reason, null, false, false);
        this.reason = reason;
    }

    /** The field is not what the Messages API says it is. */
    static RefusedException invalid(String field, String problem) {
        return new RefusedException(field + ": " + problem);
    }

    /** A parameter of the query is not what it should be; the message begins with it. */
    static RefusedException query(IllegalArgumentException problem) {
        return new RefusedException(String.valueOf(problem.getMessage()));
    }

    /** The field is right, but nothing there does what it asks for. */
    static RefusedException noCounterpart(String field) {
        return noCounterpart(field, "this");
    }

    static RefusedException noCounterpart(String field, String what) {
        return new RefusedException(
                field
                        + ": "
                        + what
                        + " has no counterpart in the Chat Completions API, which the upstream of this model"
                        + " speaks");
    }

    String reason() {
        return reason;
    }
}
