package dev.nightmail.core.retention;

import java.time.Duration;
import java.time.Instant;

/**
 * The time of day, as far as it may be trusted with deleting results for good. A wall clock is set
 * by whoever may, and is wrong until a time server has been reached: one that is a month ahead for
 * half a minute must not cost everything that was paid for.
 *
 * <p>So the wall clock is held against a steady one, which nobody sets. While they agree, the wall
 * clock is right. Once it is ahead by more than {@link #TOLERANCE}, time goes on as the steady
 * clock has it, until the wall clock either comes back or has been ahead for {@link #GRACE}: then
 * it is believed after all. That is what a machine looks like that was off, or asleep, for long. A
 * clock that goes back is believed at once, since nothing is deleted early by it.
 *
 * <p>One thread at a time.
 */
public final class TrustedClock {

    /** What drifting clocks and short stops come to. */
    public static final Duration TOLERANCE = Duration.ofHours(1);

    /** Time enough for a person, or a time server, to set the clock right. */
    public static final Duration GRACE = Duration.ofDays(1);

    /** What a look at the clocks has shown. */
    public enum Sight {
        /** The wall clock is believed, as it was before. */
        AGREES,
        /** It has just gone ahead, and is not believed. */
        WENT_AHEAD,
        /** It is still ahead. */
        IS_AHEAD,
        /** It was ahead and has come back. */
        CAME_BACK,
        /** It has been ahead for so long that it is believed. */
        BELIEVED_AFTER_ALL
    }

    private Instant trusted;
    private Duration ahead;
    private long lastNanos;
    private boolean wasAhead;

    /**
     * @param last what was remembered
     * @param nanos the steady clock, of which only differences count
     */
    public TrustedClock(ClockState last, long nanos) {
        this.trusted = last.trusted();
        this.ahead = last.ahead();
        this.lastNanos = nanos;
        this.wasAhead = !last.ahead().isZero();
    }

    /** Reads both clocks. */
    public Sight look(Instant wall, long nanos) {
        var passed = Duration.ofNanos(Math.max(0, nanos - lastNanos));
        lastNanos = nanos;
        var expected = trusted.plus(passed);
        if (!wall.isAfter(expected.plus(TOLERANCE))) {
            return believe(wall, wasAhead ? Sight.CAME_BACK : Sight.AGREES);
        }
        trusted = expected;
        ahead = ahead.plus(passed);
        if (ahead.compareTo(GRACE) >= 0) {
            return believe(wall, Sight.BELIEVED_AFTER_ALL);
        }
        boolean isNew = !wasAhead;
        wasAhead = true;
        return isNew ? Sight.WENT_AHEAD : Sight.IS_AHEAD;
    }

    private Sight believe(Instant wall, Sight sight) {
        trusted = wall;
        ahead = Duration.ZERO;
        wasAhead = false;
        return sight;
    }

    /** The time by which results may be deleted. */
    public Instant now() {
        return trusted;
    }

    /** What is to be remembered. */
    public ClockState state() {
        return new ClockState(trusted, ahead);
    }
}
