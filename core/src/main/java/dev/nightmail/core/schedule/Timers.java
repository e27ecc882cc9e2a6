package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.Timer.Due;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What waits for its time: dates by the wall clock, waits by the steady one; see {@link Moment}.
 */
final class Timers {

    private final TreeSet<Timer> dates = new TreeSet<>();
    private final PriorityQueue<Timer> waits = new PriorityQueue<>();
    private long count;

    /** To be looked at once the wall clock says {@code wall}. */
    void on(Instant wall, Due due) {
        dates.add(new Timer(wall, count++, due));
    }

    /** No longer to be looked at: a date may be a year away, and its reason is gone today. */
    void off(Instant wall, Due due) {
        dates.subSet(new Timer(wall, 0, due), new Timer(wall, count, due))
                .removeIf(timer -> timer.due().equals(due));
    }

    /** To be looked at once so much time has passed. */
    void after(Duration wait, Moment now, Due due) {
        waits.add(new Timer(now.steady().plus(wait), count++, due));
    }

    /** Takes out the next that is due, dates before waits: what has expired is not tried again. */
    @Nullable Due next(Moment now) {
        if (!dates.isEmpty() && !now.wall().isBefore(dates.first().at())) {
            return dates.removeFirst().due();
        }
        var wait = waits.peek();
        return wait != null && !now.steady().isBefore(wait.at()) ? waits.remove().due() : null;
    }

    /** How long nothing becomes due, if the clocks go on as they do; empty if nothing waits. */
    Optional<Duration> untilNext(Moment now) {
        var date = dates.isEmpty() ? null : dates.first();
        return Stream.concat(
                        left(date, now.wall()).stream(), left(waits.peek(), now.steady()).stream())
                .min(Duration::compareTo);
    }

    private static Optional<Duration> left(@Nullable Timer first, Instant now) {
        return Optional.ofNullable(first)
                .map(timer -> Duration.between(now, timer.at()))
                .map(left -> left.isNegative() ? Duration.ZERO : left);
    }
}
