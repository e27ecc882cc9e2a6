package dev.nightmail.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.nightmail.core.journal.JournalException;
import dev.nightmail.journal.disk.FileKey;
import dev.nightmail.journal.disk.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The right of one process to a data folder: a lock on its file {@code lock}, which the operating
 * system takes back when the process ends, however it ends. The file holds the process's id, to
 * tell a second one whom it is up against; that text alone means nothing.
 */
public final class DataFolderLock implements AutoCloseable {

    /** Far behind the text, so that systems whose locks forbid reading let others read it. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private final Path file;
    private final FileChannel channel;
    private final FileKey key;
    private final boolean wasMissing;

    private DataFolderLock(Path file, FileChannel channel, boolean wasMissing) throws IOException {
        this.file = file;
        this.channel = channel;
        this.wasMissing = wasMissing;
        this.key = FileKey.of(file);
    }

    /**
     * Takes the folder, which is made if need be.
     *
     * @throws JournalException if another process has it, or it cannot be written to
     */
    public static DataFolderLock acquire(Path data) {
        var file = data.resolve("lock");
        try {
            PrivateFiles.createFolders(data);
            boolean wasMissing = Files.notExists(file, NOFOLLOW_LINKS);
            var channel = PrivateFiles.open(file, Set.of(READ, WRITE, CREATE, NOFOLLOW_LINKS));
            if (tryLock(channel) == null) {
                var holder = holder(channel);
                channel.close();
                throw new JournalException(
                        "data folder %s is in use by process %s: stop that one, or name another folder"
                                .formatted(data, holder));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(US_ASCII)), 0);
            return new DataFolderLock(file, channel, wasMissing);
        } catch (IOException e) {
            throw new JournalException(
                    Files.isSymbolicLink(file)
                            ? "%s is a link, which is not followed: remove it".formatted(file)
                            : "cannot use data folder %s: %s".formatted(data, e),
                    e);
        }
    }

    /**
     * Whether the folder had no lock file. In a folder with batches that means that somebody has
     * removed it, perhaps while a server was running: that one stops within a second, when it asks
     * {@link #isHeld}.
     */
    public boolean wasMissing() {
        return wasMissing;
    }

    /**
     * Whether the folder is still this process's. It is not once the lock file was removed or
     * replaced, or the folder moved away: another process may have taken the right to it since, and
     * this one must not write any more.
     */
    public boolean isHeld() {
        try {
            return channel.isOpen() && key.isAt(file);
        } catch (IOException e) {
            // A disk that does not answer has not given the folder to anybody else.
            return true;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCKED_BYTE, 1, false);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        var text = ByteBuffer.allocate(32);
        channel.read(text, 0);
        var pid = new String(text.array(), 0, text.position(), US_ASCII).strip();
        return pid.isEmpty() ? "(unknown)" : pid;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new JournalException("cannot give the data folder back", e);
        }
    }
}
