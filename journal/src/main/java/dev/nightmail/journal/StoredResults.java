package dev.nightmail.journal;

import dev.nightmail.core.journal.ResultFile;
import dev.nightmail.journal.disk.Disk;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Optional;

/** The result lines of a batch, as long as they were when it was asked for. */
record StoredResults(Disk disk, Path file, long length) implements ResultFile {

    @Override
    public SeekableByteChannel open() throws IOException {
        return disk.openToServe(file);
    }

    @Override
    public Optional<Path> path() {
        return disk.pathToServe(file);
    }
}
