package dev.nightmail.cli.surroundings;

import java.net.URI;
import java.nio.file.Path;

/** A Nightmail server inside this process, answered by the built-in simulator. */
public interface EmbeddedServer {

    /**
     * Starts it on a free port of the loopback interface. Batches it accepted in an earlier life on
     * the same folder are still there, and go on.
     *
     * @param dataFolder created with its parents if it does not exist
     * @throws RuntimeException whose message says in one line what stands in the way
     */
    Running start(Path dataFolder);

    /** A server that listens. */
    interface Running extends AutoCloseable {

        /** Scheme, host and port. */
        URI baseUri();

        /** Stops it; what it accepted is durable. */
        @Override
        void close();
    }
}
