package dev.nightmail.upstream.http;

import java.io.IOException;

/**
 * Takes an answer as it arrives. Called by the thread that made the call; while it blocks, nothing
 * more is read. What it throws ends the exchange.
 */
public interface BodyReceiver {

    void begin(int status, HttpHeaders headers) throws IOException;

    /**
     * @param bytes valid during the call only
     */
    void body(byte[] bytes, int offset, int length) throws IOException;

    /** Says, about once a second, that nothing has come: before the answer begins, or inside it. */
    default void idle() throws IOException {}
}
