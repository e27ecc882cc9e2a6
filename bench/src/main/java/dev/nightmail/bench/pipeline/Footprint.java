package dev.nightmail.bench.pipeline;

import dev.nightmail.bench.process.Bytes;
import dev.nightmail.bench.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** Looks again and again at what a run takes on disk and in memory, on a thread of its own. */
final class Footprint implements AutoCloseable {

    private static final long INTERVAL_NANOS = 100_000_000;

    private final PipelineFolder folder;
    private final Child process;
    private final Thread thread;
    private volatile boolean ended;
    private volatile long workBytesMax;
    private volatile long residentMax;

    private Footprint(PipelineFolder folder, Child process) {
        this.folder = folder;
        this.process = process;
        this.thread = Thread.ofPlatform().daemon().name("footprint").unstarted(this::watch);
    }

    static Footprint of(PipelineFolder folder, Child process) {
        var footprint = new Footprint(folder, process);
        footprint.thread.start();
        return footprint;
    }

    private void watch() {
        while (!ended) {
            workBytesMax = Math.max(workBytesMax, folder.workBytes() + namelessBytes());
            residentMax = Math.max(residentMax, process.residentMax().count());
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }

    /** Of files that the process has open and that have no name any more. */
    private long namelessBytes() {
        long bytes = 0;
        try (var open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            for (var file : (Iterable<Path>) open::iterator) {
                bytes += namelessBytes(file);
            }
        } catch (IOException _) {
            // Not a Linux, or the process is gone.
        }
        return bytes;
    }

    private static long namelessBytes(Path open) {
        try {
            var name = Files.readSymbolicLink(open).toString();
            return name.startsWith("/") && name.endsWith(" (deleted)") ? Files.size(open) : 0;
        } catch (IOException _) {
            // It was closed meanwhile.
            return 0;
        }
    }

    /** The most that the files of its state and its work took together. */
    Bytes workMax() {
        return new Bytes(workBytesMax);
    }

    /** The most memory that was resident. */
    Bytes residentMax() {
        return new Bytes(residentMax);
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
