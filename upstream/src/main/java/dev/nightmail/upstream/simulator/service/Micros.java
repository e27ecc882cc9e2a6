package dev.nightmail.upstream.simulator.service;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Time inside the model: whole microseconds since the start of the service, as many as the wire
 * tells of.
 */
record Micros(Instant start) {

    Micros {
        start = start.truncatedTo(ChronoUnit.MICROS);
    }

    static long of(Duration duration) {
        return duration.toNanos() / 1000;
    }

    /** Rounded up: nothing happens before its cause. */
    long at(Instant time) {
        return ChronoUnit.MICROS.between(start, time.plusNanos(999));
    }

    Instant instant(long micros) {
        return start.plus(micros, ChronoUnit.MICROS);
    }
}
