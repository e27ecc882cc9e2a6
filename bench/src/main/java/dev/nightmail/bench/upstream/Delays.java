package dev.nightmail.bench.upstream;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/** What is to be done later, on the thread that does everything else. Not for many threads. */
final class Delays {

    private final LongSupplier clock;
    private final long origin;
    private final PriorityQueue<Delayed> queue =
            new PriorityQueue<>(Comparator.comparingLong(Delayed::due));

    /**
     * @param due in nanoseconds since the origin
     */
    private record Delayed(long due, Runnable work) {}

    /**
     * @param clock in nanoseconds since any moment
     */
    Delays(LongSupplier clock) {
        this.clock = clock;
        this.origin = clock.getAsLong();
    }

    void after(Duration delay, Runnable work) {
        queue.add(new Delayed(now() + delay.toNanos(), work));
    }

    /** Does what is due. */
    void run() {
        long now = now();
        for (var next = queue.peek(); next != null && next.due() <= now; next = queue.peek()) {
            queue.poll();
            next.work().run();
        }
    }

    /** Until something is due, rounded up to milliseconds, but no longer than this. */
    long millisToWait(long max) {
        var next = queue.peek();
        return next == null ? max : Math.clamp((next.due() - now() + 999_999) / 1_000_000, 0, max);
    }

    private long now() {
        return clock.getAsLong() - origin;
    }
}
