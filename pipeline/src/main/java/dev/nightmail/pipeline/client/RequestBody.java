package dev.nightmail.pipeline.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A body sent as a stream: its length is known before, its bytes are never all in memory. Opened
 * once per call, and gives the same bytes each time.
 */
public interface RequestBody {

    long bytes();

    InputStream open() throws IOException;

    /** A file as it is; it must not change until the call is over. */
    static RequestBody ofFile(Path file) throws IOException {
        var size = Files.size(file);
        return new RequestBody() {
            @Override
            public long bytes() {
                return size;
            }

            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }
        };
    }
}
