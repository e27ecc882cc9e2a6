package dev.nightmail.core.upstream;

import dev.nightmail.core.json.JsonBytes;
import java.io.IOException;
import java.util.Map;

/**
 * Where an answer that is passed on goes. {@link #begin} once, then any number of {@link #write},
 * then {@link #end}, {@link #breakOff} or {@link #abort}. All by one thread.
 */
public interface AnswerSink {

    /**
     * @param headers those that matter to a client: content type, retry-after, rate limits, the
     *     upstream's request id; names in lower case
     */
    void begin(int status, Map<String, String> headers) throws IOException;

    /**
     * Sends bytes on at once: nothing is held back, so that a stream streams. Of an event stream
     * each write is of whole events, so that something can be said between them.
     */
    void write(byte[] bytes, int offset, int length) throws IOException;

    void end() throws IOException;

    /**
     * Says, about once a second, that the upstream is waited for: before an answer has begun, or
     * between its events. A client that waits for a stream may be sent a sign of life.
     */
    default void idle() throws IOException {}

    /**
     * The upstream broke off in the middle of its answer. A client that reads events is told of it
     * by one; then its connection is cut, so that nobody takes a part for the whole.
     *
     * @param error a whole error response
     */
    void breakOff(JsonBytes error);

    /** Cuts the client's connection. */
    void abort(Throwable cause);
}
