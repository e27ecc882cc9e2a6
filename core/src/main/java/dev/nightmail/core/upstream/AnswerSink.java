package dev.nightmail.core.upstream;

import java.io.IOException;
import java.util.Map;

/**
 * Where an answer that is passed on goes. {@link #begin} once, then any number of {@link #write},
 * then {@link #end} or {@link #abort}.
 */
public interface AnswerSink {

    /**
     * @param headers those that matter to a client: content type, retry-after, rate limits, the
     *     upstream's request id; names in lower case
     */
    void begin(int status, Map<String, String> headers) throws IOException;

    /** Sends bytes on at once: nothing is held back, so that a stream streams. */
    void write(byte[] bytes, int offset, int length) throws IOException;

    void end() throws IOException;

    /**
     * The upstream broke off: the client's connection is cut, so that nobody takes a part for the
     * whole.
     */
    void abort(Throwable cause);
}
