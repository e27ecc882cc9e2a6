package dev.nightmail.app.server;

import java.io.IOException;

/** The server cannot start; the message is one line that says what to do. */
public final class StartException extends RuntimeException {

    /** The address and port are not to be had. */
    public static StartException cannotListen(String host, int port, IOException cause) {
        return new StartException(
                "cannot listen on %s port %d (%s): is another server running there? --port 0 takes any free one"
                        .formatted(host, port, cause.getMessage()),
                cause);
    }

    public StartException(String message) {
        super(message);
    }

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
