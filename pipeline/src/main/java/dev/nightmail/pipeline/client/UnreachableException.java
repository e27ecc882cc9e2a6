package dev.nightmail.pipeline.client;

/**
 * No answer came, and the operation may be repeated without harm: it changes nothing, or it never
 * left this machine.
 */
public final class UnreachableException extends EndpointException {
    UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
