package dev.nightmail.pipeline.source;

/** A source was read and has no records: there is nothing to ask, which need not be wrong. */
public final class EmptySourceException extends SourceException {
    /** Says where no record was found. */
    public EmptySourceException(String message) {
        super(message, null);
    }
}
