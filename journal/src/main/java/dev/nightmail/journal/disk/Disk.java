package dev.nightmail.journal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * All the journal asks of a file system. Every access of it goes through here, so that a test or a
 * simulation can cut the power, tear a write or fail a flush at any step. Safe for many threads.
 *
 * <p>What is durable: the bytes of a file after {@link DiskFile#force}; that a name exists, moved
 * or vanished, after {@link #forceFolder} of the folder it is in. Nothing else.
 */
public interface Disk {

    /** Opens a file that is there. Writing to it is an error. */
    DiskFile openToRead(Path file) throws IOException;

    /**
     * Opens a file to be read and written; an empty one is made if there is none, for its owner
     * only.
     */
    DiskFile openToWrite(Path file) throws IOException;

    /** Whether there is a file, a folder or a link of this name, wherever a link may lead. */
    boolean exists(Path path) throws IOException;

    /** Whether that is a folder itself; a link to one is none. */
    boolean isFolder(Path path) throws IOException;

    /**
     * Whether that is a symbolic link. Nothing of ours is one: whatever is behind it is somebody
     * else's, and is neither read nor written nor deleted.
     */
    default boolean isLink(Path path) throws IOException {
        return false;
    }

    /** Names in a folder, in order. */
    List<String> list(Path folder) throws IOException;

    /** Makes a folder and those above it, for their owner only; fine if it is there. */
    void createFolders(Path folder) throws IOException;

    /** Renames atomically; a file at {@code to} is replaced. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file or an empty folder; fine if there is none. */
    void delete(Path path) throws IOException;

    void forceFolder(Path folder) throws IOException;

    Instant lastModified(Path file) throws IOException;

    /** Opens a file to be served; it stays readable when it is deleted meanwhile. */
    SeekableByteChannel openToServe(Path file) throws IOException;

    /** The file as the operating system knows it, if it does. */
    Optional<Path> pathToServe(Path file);

    /**
     * Makes a file with this content durable, in place of the one there may be. It is written
     * {@code beside} it first, so that no crash leaves half of it.
     */
    default void replace(Path file, Path beside, byte[] content) throws IOException {
        delete(beside);
        try (var fresh = openToWrite(beside)) {
            fresh.write(ByteBuffer.wrap(content), 0);
            fresh.force();
        }
        rename(beside, file);
        forceFolder(Objects.requireNonNull(file.getParent()));
    }

    /**
     * Deletes a folder with all that is in it, or a file; fine if there is none. Of a link only the
     * link is deleted.
     */
    default void deleteAll(Path path) throws IOException {
        if (isFolder(path)) {
            for (var name : list(path)) {
                deleteAll(path.resolve(name));
            }
        }
        delete(path);
    }
}
