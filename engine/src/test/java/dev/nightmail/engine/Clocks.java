package dev.nightmail.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Both clocks, in the test's hand. */
final class Clocks implements InstantSource {

    static final Instant START = Instant.parse("2026-11-21T22:00:00Z");

    private final AtomicReference<Instant> wall = new AtomicReference<>(START);
    private final AtomicLong nanos = new AtomicLong(42);

    @Override
    public Instant instant() {
        return wall.get();
    }

    long nanoTime() {
        return nanos.get();
    }

    void pass(Duration time) {
        wall.updateAndGet(now -> now.plus(time));
        nanos.addAndGet(time.toNanos());
    }

    /** Somebody sets the wall clock; no time passes. */
    void set(Duration by) {
        wall.updateAndGet(now -> now.plus(by));
    }
}
