package dev.nightmail.journal.request;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.AttemptMarks;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code requests.attempts}: a byte a request, in their order, which says how many of its attempts
 * may have cost something, one that is under way included.
 *
 * <p>Written and not flushed, on most disks not even by a system call: what the operating system
 * was given outlives the process, and a process that dies of a request is what this is for. A power
 * loss takes some marks with it, which makes a request run once more, as it would without the file.
 * So there is no checksum either: each byte stands alone, and one that is wrong costs or gives a
 * request an attempt. It is made when the batch is first run; a batch of an older program has none.
 */
public final class AttemptFile implements AttemptMarks {

    private static final Logger LOG = LoggerFactory.getLogger(AttemptFile.class);

    private final BatchId batch;
    private final Disk disk;
    private final Path path;
    private final Map<Integer, Integer> before = new TreeMap<>();
    private final Object reopening = new Object();
    private final AtomicBoolean complained = new AtomicBoolean();
    private volatile DiskFile file;
    private volatile boolean closed;

    private AttemptFile(BatchId batch, Disk disk, Path path, DiskFile file) {
        this.batch = batch;
        this.disk = disk;
        this.path = path;
        this.file = file;
    }

    /**
     * Opens the marks of a batch of so many requests.
     *
     * @return those that mark nothing if the file can be neither read nor made
     */
    public static AttemptMarks open(Disk disk, Path path, BatchId batch, int requests) {
        try {
            var file = disk.openToWrite(path);
            try {
                var marks = new AttemptFile(batch, disk, path, file);
                marks.load(requests);
                return marks;
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            LOG.warn("event=attempts_not_marked batch_id={} reason=\"{}\"", batch, e.getMessage());
            return AttemptMarks.NONE;
        }
    }

    private void load(int requests) throws IOException {
        var marks = ByteBuffer.allocate(requests);
        int known = file.read(marks, 0);
        for (int number = 0; number < known; number++) {
            int attempts = Byte.toUnsignedInt(marks.get(number));
            if (attempts > 0) {
                before.put(number, attempts);
            }
        }
        if (known < requests) {
            file.write(ByteBuffer.allocate(requests - known), known);
        }
    }

    @Override
    public Map<Integer, Integer> before() {
        return Map.copyOf(before);
    }

    @Override
    public void mark(int request, int attempts) {
        // A thread that is interrupted in a write closes the file, for all others too.
        boolean interrupted = Thread.interrupted();
        try {
            var current = file;
            while (!written(current, request, (byte) Math.min(attempts, 255))) {
                interrupted |= Thread.interrupted();
                current = reopened(current);
            }
        } catch (IOException e) {
            if (!closed && complained.compareAndSet(false, true)) {
                LOG.warn(
                        "event=attempts_not_marked batch_id={} reason=\"{}\"",
                        batch,
                        e.getMessage());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether the file took it; if not, somebody was interrupted in it. */
    private boolean written(DiskFile current, int request, byte mark) throws IOException {
        try {
            current.set(mark, request);
            return true;
        } catch (ClosedChannelException e) {
            if (closed) {
                throw e;
            }
            return false;
        }
    }

    @SuppressWarnings(
            "ReferenceEquality") // whether it is the file that was closed, is the question
    private DiskFile reopened(DiskFile closedOne) throws IOException {
        synchronized (reopening) {
            if (file == closedOne && !closed) {
                file = disk.openToWrite(path);
            }
            return file;
        }
    }

    @Override
    public void close() {
        try {
            synchronized (reopening) {
                closed = true;
                file.close();
            }
        } catch (IOException e) {
            LOG.warn("event=attempts_not_closed batch_id={} reason=\"{}\"", batch, e.getMessage());
        }
    }
}
