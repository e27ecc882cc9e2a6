package dev.nightmail.api.exchange;

import dev.nightmail.api.auth.Caller;
import java.io.IOException;

/** Answers one kind of call. Safe for many threads. */
@FunctionalInterface
public interface Endpoint {

    /**
     * Sends the answer, or throws an {@link dev.nightmail.api.wire.ApiError}, which then is the
     * answer.
     *
     * @param id the variable part of the path, decoded; empty if it has none
     * @throws IOException if the client is gone ({@link ClientGoneException}), or something of our
     *     own cannot be read
     * @throws InterruptedException if it went while we waited for somebody else
     */
    void answer(Exchange exchange, Caller caller, String id)
            throws IOException, InterruptedException;
}
