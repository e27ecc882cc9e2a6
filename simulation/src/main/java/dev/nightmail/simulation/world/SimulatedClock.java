package dev.nightmail.simulation.world;

import dev.nightmail.simulation.client.Book;
import dev.nightmail.simulation.turn.Baton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The wall clock: goes with the time of the simulation, and is set now and then. */
final class SimulatedClock implements InstantSource {

    private static final Instant START = Instant.parse("2026-11-21T22:00:00.123456789Z");

    private final Baton baton;
    private final Book book;
    private Duration offset = Duration.ZERO;

    SimulatedClock(Baton baton, Book book) {
        this.baton = baton;
        this.book = book;
    }

    @Override
    public Instant instant() {
        var now = START.plusNanos(baton.nanos()).plus(offset);
        book.clockSaid(now);
        return now;
    }

    /** Somebody sets it. */
    void set(Duration by) {
        offset = offset.plus(by);
        book.clockSet(baton.nanos());
    }
}
