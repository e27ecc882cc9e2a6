package dev.nightmail.engine;

import dev.nightmail.core.schedule.Moment;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** Reads both clocks. */
final class Moments {

    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final long begin;

    /**
     * @param nanoTime nanoseconds since whenever, never going back; of them only differences count
     */
    Moments(InstantSource wall, LongSupplier nanoTime) {
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
    }

    Moment now() {
        return new Moment(wall.instant(), Instant.EPOCH.plusNanos(nanoTime.getAsLong() - begin));
    }
}
