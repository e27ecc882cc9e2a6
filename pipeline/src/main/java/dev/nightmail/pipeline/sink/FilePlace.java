package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.paths.NamedFile;
import java.time.Duration;

/** Where a file goes that is written whole. */
interface FilePlace extends AutoCloseable {

    /** Before anything is paid for: finds out whether it could be written. */
    void check();

    /** Puts a new one in the place of the old one. */
    void replace(WholeFile.Filling filling);

    /** How long it stays as it is at least while a run goes on. */
    Duration pauseMin();

    @Override
    void close();

    /** On this machine. */
    record Local(SinkContext context, NamedFile file) implements FilePlace {
        private static final Duration PAUSE_MIN = Duration.ofSeconds(10);

        @Override
        public void check() {
            context.checkFile(file);
        }

        @Override
        public void replace(WholeFile.Filling filling) {
            context.replaceFile(file, filling);
        }

        @Override
        public Duration pauseMin() {
            return PAUSE_MIN;
        }

        @Override
        public void close() {}
    }
}
