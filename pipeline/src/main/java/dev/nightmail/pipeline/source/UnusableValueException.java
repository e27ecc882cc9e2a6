package dev.nightmail.pipeline.source;

/** One value of one row cannot be shown to a template; says what to do, without the value. */
public final class UnusableValueException extends RuntimeException {
    public UnusableValueException(String message) {
        super(message);
    }
}
