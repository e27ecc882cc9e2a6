package dev.nightmail.app.server;

import dev.nightmail.journal.DataFolderLock;
import dev.nightmail.journal.disk.Fence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks twice a second whether the data folder is still there and still ours. Once the lock file
 * was removed another server may start on the folder: from the moment that is noticed nothing more
 * is written to it, and the server stops.
 */
final class FolderWatch implements AutoCloseable {

    /** A second server that finds no lock file waits for several of these. */
    static final Duration EVERY = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(FolderWatch.class);

    private final Path data;
    private final DataFolderLock lock;
    private final Fence fence;
    private final Runnable onLost;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean batchesAreThere = true;

    private FolderWatch(Path data, DataFolderLock lock, Fence fence, Runnable onLost) {
        this.data = data;
        this.lock = lock;
        this.fence = fence;
        this.onLost = onLost;
    }

    /**
     * @param onLost told once, when the folder is not ours any more
     */
    static FolderWatch start(Path data, DataFolderLock lock, Fence fence, Runnable onLost) {
        var watch = new FolderWatch(data, lock, fence, onLost);
        Thread.ofPlatform().name("nightmail-folder-watch").daemon().start(watch::run);
        return watch;
    }

    private void run() {
        try {
            while (!stopped.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                if (!lock.isHeld()) {
                    lose();
                    return;
                }
                lookForBatches();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lose() {
        fence.raise();
        log.error(
                "event=data_folder_lost path={} reason=\"its lock file was removed or replaced, or the folder is gone\" stopping=true",
                data);
        onLost.run();
    }

    private void lookForBatches() {
        boolean areThere = Files.isDirectory(data.resolve("batches"));
        if (areThere != batchesAreThere) {
            batchesAreThere = areThere;
            if (areThere) {
                log.warn("event=batches_back path={}", data.resolve("batches"));
            } else {
                log.error("event=batches_missing path={}", data.resolve("batches"));
            }
        }
    }

    /** Whether batches can be taken in and read. */
    boolean isSound() {
        return batchesAreThere && !fence.isRaised();
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}
