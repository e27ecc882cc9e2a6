package dev.nightmail.upstream.simulator;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How the simulator lets time pass. */
public interface Waiting {

    void pass(Duration duration) throws InterruptedException;

    /** Lets real time pass, on the calling thread. */
    static Waiting real() {
        return duration -> {
            if (duration.isPositive()) {
                var never = new CountDownLatch(1);
                var _ = never.await(duration.toNanos(), TimeUnit.NANOSECONDS);
            }
        };
    }
}
