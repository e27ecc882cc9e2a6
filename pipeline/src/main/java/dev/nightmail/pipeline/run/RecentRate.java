package dev.nightmail.pipeline.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How fast a number grows, by what it did lately: what went before a pause, or before the upload
 * was through, tells nothing of what is left. One thread.
 */
public final class RecentRate {

    private static final Duration WINDOW = Duration.ofSeconds(30);

    private record Sample(Instant at, long count) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /**
     * @return how much it has grown a second over the last half a minute, or since the first call;
     *     0 while nobody can say
     */
    public double perSecond(long count, Instant now) {
        if (samples.isEmpty()
                || count < samples.getLast().count()
                || now.isBefore(samples.getLast().at())) {
            // A count that falls, or a clock that was set back, begins anew.
            samples.clear();
        }
        samples.addLast(new Sample(now, count));
        while (samples.size() > 2 && isOlder(samples.getFirst(), now)) {
            samples.removeFirst();
        }
        var first = samples.getFirst();
        var elapsed = Duration.between(first.at(), now);
        return elapsed.isPositive() ? (count - first.count()) * 1e9 / elapsed.toNanos() : 0;
    }

    private static boolean isOlder(Sample sample, Instant now) {
        return sample.at().isBefore(now.minus(WINDOW));
    }
}
