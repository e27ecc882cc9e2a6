package dev.nightmail.bench.upstream;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** What is to be done later, on the thread that does everything else. Not for many threads. */
final class Delays {

    private final long origin = System.nanoTime();
    private final PriorityQueue<Delayed> queue =
            new PriorityQueue<>(Comparator.comparingLong(Delayed::due));

    /**
     * @param due in nanoseconds since the origin
     */
    private record Delayed(long due, Runnable work) {}

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
        return System.nanoTime() - origin;
    }
}
