package dev.nightmail.api.exchange;

import java.io.IOException;
import org.eclipse.jetty.io.QuietException;

/**
 * The client closed its connection, or it broke: there is nobody left to answer, and nothing to
 * log: clients go.
 */
public final class ClientGoneException extends IOException implements QuietException {

    public ClientGoneException(Throwable cause) {
        super("the client is gone", cause);
    }
}
