package dev.nightmail.pipeline.paths;

import java.nio.file.FileSystems;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Has files and folders made so that nobody but their owner can use them, whatever the umask; where
 * the system knows of such rights.
 */
public final class OwnerOnly {

    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private OwnerOnly() {}

    /** For a folder, or a file that may be run. */
    public static FileAttribute<?>[] folder() {
        return mode("rwx------");
    }

    /** For a file. */
    public static FileAttribute<?>[] file() {
        return mode("rw-------");
    }

    private static FileAttribute<?>[] mode(String text) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))
                }
                : new FileAttribute<?>[0];
    }
}
