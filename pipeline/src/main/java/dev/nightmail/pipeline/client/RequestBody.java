package dev.nightmail.pipeline.client;

import java.io.IOException;
import java.io.InputStream;

/**
 * A body sent as a stream: its length is known before, its bytes are never all in memory. Opened
 * once per call, and gives the same bytes each time.
 */
public interface RequestBody {

    long bytes();

    InputStream open() throws IOException;
}
