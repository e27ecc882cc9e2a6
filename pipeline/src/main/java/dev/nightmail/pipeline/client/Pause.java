package dev.nightmail.pipeline.client;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waiting, as a port: a test hands in one that only moves its clock. */
@FunctionalInterface
public interface Pause {

    void pause(Duration duration) throws InterruptedException;

    /** Parks the calling thread. */
    static Pause parking() {
        return duration -> {
            var end = System.nanoTime() + duration.toNanos();
            for (var left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        };
    }
}
