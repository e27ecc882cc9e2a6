package dev.nightmail.api.exchange;

import java.io.IOException;

/** The client closed its connection, or it broke: there is nobody left to answer. */
public final class ClientGoneException extends IOException {

    ClientGoneException(Throwable cause) {
        super("the client is gone", cause);
    }
}
