package dev.nightmail.core.retention;

import java.time.Duration;
import java.time.Instant;

/**
 * What is remembered of the time of day from one run of the server to the next.
 *
 * @param trusted the latest time that was believed
 * @param ahead for how long the wall clock has been ahead of that without being believed, in time
 *     that the server was running; zero if it is believed
 */
public record ClockState(Instant trusted, Duration ahead) {
    public ClockState {
        if (ahead.isNegative()) {
            throw new IllegalArgumentException("ahead: a duration is not negative");
        }
    }
}
