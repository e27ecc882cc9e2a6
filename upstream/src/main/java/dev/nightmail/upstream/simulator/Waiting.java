package dev.nightmail.upstream.simulator;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How the simulator lets time pass. */
public interface Waiting {

    void pass(Duration duration) throws InterruptedException;

    /** Lets time pass, at most so much; false if that was not enough. */
    default boolean passWithin(Duration timeout, Duration duration) throws InterruptedException {
        if (duration.isZero()) {
            return true;
        }
        boolean inTime = duration.compareTo(timeout) <= 0;
        pass(inTime ? duration : timeout);
        return inTime;
    }

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
