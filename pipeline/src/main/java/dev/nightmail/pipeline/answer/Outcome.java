package dev.nightmail.pipeline.answer;

/** How one request of a batch ended. */
public sealed interface Outcome {

    record Succeeded(Message message) implements Outcome {}

    /** The upstream refused or failed; nothing was billed. */
    record Errored(String type, String message) implements Outcome {

        /**
         * The kind that decides what happens next; the documented rule is that all but a wrong
         * request may be sent again.
         */
        public FailureKind kind() {
            return switch (type) {
                case "invalid_request_error", "not_found_error", "request_too_large" ->
                        FailureKind.INVALID_REQUEST;
                case "authentication_error", "permission_error", "billing_error" ->
                        FailureKind.ACCOUNT;
                default -> FailureKind.TRANSIENT_ERROR;
            };
        }
    }

    record Canceled() implements Outcome {}

    record Expired() implements Outcome {}
}
