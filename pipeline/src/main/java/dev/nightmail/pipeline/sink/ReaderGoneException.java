package dev.nightmail.pipeline.sink;

/**
 * Whoever read the answers has gone, as {@code head} does: to go on would be work for nobody. No
 * answer is lost.
 */
public final class ReaderGoneException extends SinkException {
    /** Says who has gone. */
    public ReaderGoneException(String message) {
        super(message, null);
    }
}
