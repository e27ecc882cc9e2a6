package dev.nightmail.pipeline.client;

import java.io.IOException;
import java.io.InputStream;

/**
 * Result lines as far as they have settled, from an offset on.
 *
 * @param body still to be read; closing the part closes it
 * @param nextOffset where the body ends, with a whole line; the next part begins there
 * @param isLast whether the batch has ended, and nothing comes behind
 */
public record ResultsPart(InputStream body, long nextOffset, boolean isLast)
        implements AutoCloseable {

    @Override
    public void close() throws IOException {
        body.close();
    }
}
