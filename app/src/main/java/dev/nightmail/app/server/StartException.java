package dev.nightmail.app.server;

/** The server cannot start; the message is one line that says what to do. */
public final class StartException extends RuntimeException {

    public StartException(String message) {
        super(message);
    }

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
