package dev.nightmail.pipeline.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time that only moves when everybody waits. */
final class SimulatedClock implements InstantSource {

    private volatile Instant now = Instant.parse("2026-11-21T12:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    void advance(Duration by) {
        now = now.plus(by);
    }

    void advanceTo(Instant time) {
        if (time.isAfter(now)) {
            now = time;
        }
    }
}
