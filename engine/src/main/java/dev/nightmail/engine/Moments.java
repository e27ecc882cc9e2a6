package dev.nightmail.engine;

import dev.nightmail.core.schedule.Moment;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Reads both clocks. One thread, which looks at least once a second.
 *
 * <p>A longer gap between two looks means that nobody could look: the process was stopped, the
 * machine slept or had too much to do. Calls did not grow old meanwhile, so the gap counts as
 * {@link #STEP_MAX} and no lease lapses over it.
 */
final class Moments {

    static final Duration STEP_MAX = Duration.ofSeconds(10);

    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private long lastNanos;
    private Instant steady = Instant.EPOCH;

    /**
     * @param nanoTime nanoseconds since whenever, never going back; of them only differences count
     */
    Moments(InstantSource wall, LongSupplier nanoTime) {
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong();
    }

    Moment now() {
        long nanos = nanoTime.getAsLong();
        steady = steady.plusNanos(Math.clamp(nanos - lastNanos, 0, STEP_MAX.toNanos()));
        lastNanos = nanos;
        return new Moment(wall.instant(), steady);
    }
}
