package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.paths.OwnerOnly;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that only their owner can read, whatever the umask: they hold prompts and answers. */
final class PrivateFile {

    private PrivateFile() {}

    /** Makes an empty file, unless there is one; folders above it that are missing, too. */
    static void make(Path file) throws IOException {
        var parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent, OwnerOnly.folder());
        }
        if (Files.notExists(file)) {
            try {
                Files.createFile(file, OwnerOnly.file());
            } catch (FileAlreadyExistsException e) {
                // Another process was as quick.
            }
        }
    }
}
