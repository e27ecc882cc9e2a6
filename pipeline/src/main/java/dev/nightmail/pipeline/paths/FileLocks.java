package dev.nightmail.pipeline.paths;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import org.jspecify.annotations.Nullable;

/** Locks on bytes of files, which the system frees with the process. */
public final class FileLocks {

    private FileLocks() {}

    /** Null if another process holds that byte, or this very one does. */
    public static @Nullable FileLock tryByte(FileChannel channel, long at, boolean shared)
            throws IOException {
        try {
            return channel.tryLock(at, 1, shared);
        } catch (OverlappingFileLockException _) {
            // Held by this very process, which is as taken as it can be.
            return null;
        }
    }
}
