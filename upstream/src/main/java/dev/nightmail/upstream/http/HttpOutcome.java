package dev.nightmail.upstream.http;

/** How an exchange went, as far as HTTP is concerned: an answer of any status is complete. */
public sealed interface HttpOutcome {

    /**
     * @param body the whole body, decoded; empty if it was handed to a {@link BodyReceiver}
     */
    @SuppressWarnings("ArrayRecordComponent") // shared, never compared
    record Complete(int status, HttpHeaders headers, byte[] body) implements HttpOutcome {}

    /** No byte of the request has left: trying again costs nothing. */
    record NotSent(FailedStep step) implements HttpOutcome {}

    /** The service may have begun to work on the request. */
    record Broken(FailedStep step) implements HttpOutcome {}
}
