package dev.nightmail.pipeline.client;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waiting, as a port: a test hands in one that only moves its clock. */
@FunctionalInterface
public interface Pause {

    void pause(Duration duration) throws InterruptedException;

    /**
     * Takes the next element of a queue. This is for time that only moves when somebody waits: it
     * stands still as long as an element is coming.
     *
     * @param max at most so long
     * @param isComing whether one comes without anybody waiting
     * @return null if there was none in time
     */
    default <T> @Nullable T next(BlockingQueue<T> queue, Duration max, boolean isComing)
            throws InterruptedException {
        if (isComing) {
            return queue.take();
        }
        var there = queue.poll();
        if (there == null) {
            pause(max);
        }
        return there;
    }

    /** Parks the calling thread. */
    static Pause parking() {
        return new Pause() {
            @Override
            public void pause(Duration duration) throws InterruptedException {
                var end = System.nanoTime() + duration.toNanos();
                for (var left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                }
            }

            @Override
            public <T> @Nullable T next(BlockingQueue<T> queue, Duration max, boolean isComing)
                    throws InterruptedException {
                return queue.poll(max.toNanos(), TimeUnit.NANOSECONDS);
            }
        };
    }
}
