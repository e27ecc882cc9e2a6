package dev.nightmail.pipeline.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;

/**
 * A batch as it gets on, told by the server: once as it stands, then whenever that changes, until
 * it has ended. One thread.
 */
public final class BatchEvents implements AutoCloseable {

    private static final String DATA = "data:";
    private static final String COMMENT = ":";

    private final BufferedReader lines;

    BatchEvents(InputStream body) {
        this.lines = new BufferedReader(new InputStreamReader(body, UTF_8));
    }

    /** What comes. */
    public sealed interface Event {
        /** The batch has changed. */
        record Told(BatchSnapshot batch) implements Event {}

        /** It is as it was; the server is there. */
        record Heartbeat() implements Event {}

        /** No more: the batch has ended, or the server stops. */
        record End() implements Event {}
    }

    /**
     * Waits for what comes next.
     *
     * @throws IOException if the connection broke
     */
    public Event next() throws IOException {
        var data = new StringBuilder();
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(DATA)) {
                data.append(line, DATA.length(), line.length());
            } else if (line.isEmpty() && !data.isEmpty()) {
                return new Event.Told(
                        BatchSnapshot.parse(
                                "following a batch", data.toString().strip().getBytes(UTF_8)));
            } else if (line.startsWith(COMMENT) && data.isEmpty()) {
                return new Event.Heartbeat();
            }
        }
        return new Event.End();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
