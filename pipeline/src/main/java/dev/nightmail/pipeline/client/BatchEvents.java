package dev.nightmail.pipeline.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it gets on, told by the server: once as it stands, then whenever that changes, until
 * it has ended. One thread.
 */
public final class BatchEvents implements AutoCloseable {

    private static final String DATA = "data:";

    private final BufferedReader lines;

    BatchEvents(InputStream body) {
        this.lines = new BufferedReader(new InputStreamReader(body, UTF_8));
    }

    /**
     * Waits for the next event.
     *
     * @return null when there are no more: after the batch has ended, or when the server stops
     * @throws IOException if the connection broke
     */
    public @Nullable BatchSnapshot next() throws IOException {
        var data = new StringBuilder();
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(DATA)) {
                data.append(line, DATA.length(), line.length());
            } else if (line.isEmpty() && !data.isEmpty()) {
                return BatchSnapshot.parse(
                        "following a batch", data.toString().strip().getBytes(UTF_8));
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
