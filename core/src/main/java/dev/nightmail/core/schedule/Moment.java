package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;

/**
 * One moment, on two clocks.
 *
 * <p>The wall clock may be set forward or back while we run. What was promised by the calendar
 * follows it: when a batch expires. What only has to last for a while does not: a lease, a pause, a
 * wait before the next try. Otherwise a clock set forward by an hour would take calls that are
 * under way for lost and pay for them twice, and one set back would make every wait an hour longer.
 *
 * @param wall what is promised to the outside and shown to it
 * @param steady time as it passes: counted from some moment on, it never goes back and never jumps
 */
public record Moment(Instant wall, Instant steady) {

    public Moment plus(Duration passed) {
        return new Moment(wall.plus(passed), steady.plus(passed));
    }
}
