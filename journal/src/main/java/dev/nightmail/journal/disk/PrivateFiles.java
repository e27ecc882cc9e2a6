package dev.nightmail.journal.disk;

import static java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Makes files and folders that only their owner can read, whatever the umask: they hold prompts and
 * answers. Where the file system knows no such modes, it is left to whatever else protects it.
 */
public final class PrivateFiles {

    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private static final Set<PosixFilePermission> FILE = Set.of(OWNER_READ, OWNER_WRITE);
    private static final Set<PosixFilePermission> FOLDER =
            Set.of(OWNER_READ, OWNER_WRITE, OWNER_EXECUTE);

    private PrivateFiles() {}

    /** Opens a channel; a file that it makes is 0600. */
    public static FileChannel open(Path file, Set<? extends OpenOption> options)
            throws IOException {
        return FileChannel.open(file, options, attributes(FILE));
    }

    /**
     * Makes a folder, and those above it that are missing, 0700. One that is there stays as it is.
     */
    public static void createFolders(Path folder) throws IOException {
        Files.createDirectories(folder, attributes(FOLDER));
    }

    private static FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
        return POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    /** Whether others on this machine may look into a file or folder. */
    public static boolean isOpenToOthers(Path path) throws IOException {
        return POSIX && !FOLDER.containsAll(permissions(path));
    }

    /** Such as {@code rwxr-xr-x}. */
    public static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(permissions(path));
    }

    private static Set<PosixFilePermission> permissions(Path path) throws IOException {
        return Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    }
}
