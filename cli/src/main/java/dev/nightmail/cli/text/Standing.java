package dev.nightmail.cli.text;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far something is.
 *
 * @param settled of {@code total}
 * @param perSecond settled a second; 0 while nobody can say
 * @param costMicros so far; null when it has no cost or it is not known
 * @param elapsed when these figures were taken
 */
public record Standing(
        long settled, long total, double perSecond, @Nullable Long costMicros, Duration elapsed) {

    public int percent() {
        return total == 0 ? 100 : (int) (Math.min(settled, total) * 100 / total);
    }

    /** What is left at this pace. */
    public Optional<Duration> left() {
        if (perSecond <= 0 || settled >= total) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofMillis((long) ((total - settled) * 1000.0 / perSecond)));
    }

    /** The same figures somewhat later. */
    Standing after(Duration later) {
        return new Standing(settled, total, perSecond, costMicros, elapsed.plus(later));
    }
}
