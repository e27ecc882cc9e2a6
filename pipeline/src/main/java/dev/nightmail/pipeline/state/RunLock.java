package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.paths.FileLocks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Lets one run at a time work on a state. The system frees the lock with the process, however it
 * ends.
 *
 * <p>The file {@code NAME.state.db.lock} has two bytes to hold. The first is the right itself. The
 * second only tells of it: who wants to know whether a run is under way tries the second, and so
 * never stands in the way of a run that begins. Releases before this one held all of the file.
 */
final class RunLock implements AutoCloseable {

    private static final long RIGHT = 0;
    private static final long SIGN = 1;

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * @throws RunUnderWayException if another run holds it
     */
    static RunLock take(Path state) throws IOException {
        var file = file(state);
        PrivateFile.make(file);
        var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (FileLocks.tryByte(channel, RIGHT, false) == null) {
                throw new RunUnderWayException();
            }
            takeSign(channel);
            return new RunLock(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether a run holds the lock of a state at this moment. */
    static boolean isHeld(Path state) throws IOException {
        var file = file(state);
        if (!Files.exists(file)) {
            return false;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return FileLocks.tryByte(channel, SIGN, true) == null;
        }
    }

    private static Path file(Path state) {
        return state.resolveSibling(state.getFileName() + ".lock");
    }

    /** Waits for those who only look, which takes them no time. */
    private static void takeSign(FileChannel channel) throws IOException {
        try {
            channel.lock(SIGN, 1, false);
        } catch (OverlappingFileLockException _) {
            // Somebody in this very process looks just now; the right is ours all the same.
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // The system frees the lock with the process at the latest.
        }
    }
}
