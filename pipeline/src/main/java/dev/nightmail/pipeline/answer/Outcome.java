package dev.nightmail.pipeline.answer;

import dev.nightmail.wire.error.ErrorMeaning;
import dev.nightmail.wire.error.ErrorReading;

/** How one request of a batch ended. */
public sealed interface Outcome {

    record Succeeded(Message message) implements Outcome {}

    /**
     * The upstream refused or failed; nothing was billed.
     *
     * @param kind decides what happens next
     */
    record Errored(FailureKind kind, String type, String message) implements Outcome {

        /**
         * @param error a whole error response, UTF-8 JSON
         */
        static Errored of(byte[] error) {
            var meaning = ErrorReading.readInAnswer(error).orElse(null);
            if (meaning == null) {
                return new Errored(FailureKind.TRANSIENT_ERROR, "api_error", "no message");
            }
            var words = meaning.error();
            return new Errored(
                    kindOf(meaning),
                    words.type().isEmpty() ? "api_error" : words.type(),
                    words.message().isEmpty() ? "no message" : words.message());
        }

        /** The documented rule is that all but a wrong request may be sent again. */
        private static FailureKind kindOf(ErrorMeaning meaning) {
            return switch (meaning) {
                case ErrorMeaning.Ours _ -> FailureKind.ACCOUNT;
                case ErrorMeaning.OfRequest(var fault, var _, var _) ->
                        switch (fault) {
                            case CONTEXT_EXCEEDED -> FailureKind.CONTEXT_WINDOW;
                            case NOT_PERMITTED -> FailureKind.ACCOUNT;
                            case INVALID, TOO_LARGE, NOT_FOUND -> FailureKind.INVALID_REQUEST;
                            case NOT_TO_BE_RETRIED -> FailureKind.TRANSIENT_ERROR;
                        };
                case ErrorMeaning.NoRoom _, ErrorMeaning.Failed _, ErrorMeaning.Lost _ ->
                        FailureKind.TRANSIENT_ERROR;
            };
        }
    }

    record Canceled() implements Outcome {}

    record Expired() implements Outcome {}
}
