package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tells requests that fail from an upstream that is ill. While it is, a few calls at a time find
 * out when it is well again, and what fails is not the requests' fault.
 *
 * <p><i>Well</i>: all calls go. When too many of the last calls have failed it is <i>ill</i>: few
 * calls, with a pause after each that fails. When one is answered it is <i>convalescent</i>: a part
 * of the calls, and when half of those are answered and none has failed it is well. (Half, since
 * the slowest of many answers takes long, and failures mostly come fast.)
 */
final class Circuit {

    private static final int CALLS = 32;

    /** More failures than this among the last 32 calls are no bad luck of single requests. */
    private static final int FAILURES_MAX = 7;

    private static final int PROBES = 4;

    /** The part of the calls that a convalescent gets. */
    private static final int PART = 4;

    /** While it is ill, a failure counts against its request no more often. */
    private static final Duration BLAME = Duration.ofMinutes(10);

    private enum State {
        WELL,
        ILL,
        CONVALESCENT
    }

    private State state = State.WELL;
    private Instant since = Instant.EPOCH;

    /** A bit for each outcome, the latest lowest; set if it failed. */
    private int failures;

    private int answeredInRow;

    /** Of the calls that have set out since the state is what it is. */
    private int inFlight;

    private @Nullable Instant blamedAt;

    /**
     * Whether a call more may be made.
     *
     * @param limit of the calls in flight of one that is well
     */
    boolean hasRoom(int limit) {
        // Calls from before are still under way, and tell nothing any more.
        return isWell() || inFlight < allowed(limit);
    }

    /**
     * Most calls of now in flight at once.
     *
     * @param limit as above
     */
    int limit(int limit) {
        return isWell() ? limit : allowed(limit);
    }

    private int allowed(int limit) {
        int few = Math.min(limit, PROBES);
        return state == State.CONVALESCENT ? Math.max(few, limit / PART) : few;
    }

    void sent() {
        inFlight++;
    }

    void ended(Instant sentAt) {
        if (!sentAt.isBefore(since)) {
            inFlight = Math.max(0, inFlight - 1);
        }
    }

    boolean isWell() {
        return state == State.WELL;
    }

    /** Whether none of the last 32 calls has failed. */
    boolean isSound() {
        return isWell() && answeredInRow >= CALLS;
    }

    /**
     * @param limit that calls in flight have otherwise
     * @param sentAt when the call had set out
     */
    void answered(int limit, Instant sentAt, Instant now) {
        if (sentAt.isBefore(since)) {
            // It tells of the time before.
            return;
        }
        record(0);
        answeredInRow++;
        switch (state) {
            case WELL -> {}
            case ILL -> {
                become(State.CONVALESCENT, now);
            }
            case CONVALESCENT -> {
                if (answeredInRow >= allowed(limit) / 2) {
                    become(State.WELL, now);
                }
            }
        }
    }

    /**
     * @return whether the upstream is ill, and should be left alone for a moment
     */
    boolean failed(Instant sentAt, Instant now) {
        if (sentAt.isBefore(since)) {
            return false;
        }
        record(1);
        answeredInRow = 0;
        if (state == State.WELL && Integer.bitCount(failures) <= FAILURES_MAX) {
            return false;
        }
        become(State.ILL, now);
        return true;
    }

    private void become(State next, Instant now) {
        state = next;
        since = now;
        failures = 0;
        answeredInRow = 0;
        inFlight = 0;
    }

    private void record(int failure) {
        failures = failures << 1 | failure;
    }

    /** Whether a failure counts as a try of its request. */
    boolean blames(Instant now) {
        if (isWell()) {
            return true;
        }
        if (blamedAt != null && now.isBefore(blamedAt.plus(BLAME))) {
            return false;
        }
        blamedAt = now;
        return true;
    }
}
