package dev.nightmail.upstream.http;

import dev.nightmail.core.memory.MemoryShare;
import java.io.IOException;

/**
 * Makes HTTP exchanges. Safe for many threads, each of which blocks for its exchange; virtual
 * threads are expected. An interrupt ends the exchange and closes its connection.
 *
 * <p>Redirects are answers like any other here, and no credentials are added: both are the business
 * of who calls. What the network does is an outcome, never an exception.
 *
 * <p>Limits: no exchange lasts longer than its call's own timeout, and none waits longer than
 * {@link HttpSettings} allows for a connection, the beginning of an answer, or its next piece.
 * Calls beyond the connections allowed to one origin wait for one within their timeout; none is
 * turned away.
 */
public interface HttpExchanges extends AutoCloseable {

    /**
     * One exchange whose whole answer is kept in memory.
     *
     * @param bodyBytesMax an answer with a longer (decoded) body is {@link
     *     FailedStep#BODY_TOO_LARGE}
     */
    HttpOutcome exchange(HttpCall call, int bodyBytesMax) throws InterruptedException;

    /**
     * One exchange whose body is handed on as it arrives, and held nowhere.
     *
     * @return {@link HttpOutcome.Complete} with an empty body once the whole body was handed on
     * @throws IOException what the receiver threw; the exchange is then broken off. That there is
     *     no memory for what it keeps ({@link HeldBytes}) is an outcome
     */
    HttpOutcome stream(HttpCall call, BodyReceiver receiver)
            throws IOException, InterruptedException;

    /**
     * A share of the memory for answers, for what a receiver keeps, or to outlive an exchange: see
     * {@link HttpCall#holding}.
     */
    MemoryShare memory();

    @Override
    void close();
}
