package dev.nightmail.pipeline.state;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that only their owner can read, whatever the umask: they hold prompts and answers. */
final class PrivateFile {

    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private PrivateFile() {}

    /** Makes an empty file, unless there is one; folders above it that are missing, too. */
    static void make(Path file) throws IOException {
        var parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent, mode("rwx------"));
        }
        if (Files.notExists(file)) {
            try {
                Files.createFile(file, mode("rw-------"));
            } catch (FileAlreadyExistsException e) {
                // Another process was as quick.
            }
        }
    }

    private static FileAttribute<?>[] mode(String text) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))
                }
                : new FileAttribute<?>[0];
    }
}
