package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How fast one upstream is called.
 *
 * <p>Three things hold calls back. The <b>limit</b> on calls in flight: it starts at the most that
 * is allowed, shrinks by a third when the upstream says that it has no room, at most once a second,
 * and grows by one for every limit's worth of answers. Interactive calls come out of it first. A
 * <b>pause</b>, which the upstream asked for or which follows an attempt to reach it in vain. And
 * <b>doubt</b>: once it could not be reached, one call at a time, ever further apart, finds out
 * when it is back.
 *
 * <p>Every {@code now} is of the steady clock; see {@link Moment}.
 */
final class Pace {

    private static final double SHRINK = 2.0 / 3;

    /**
     * One bad request may fail a few times without end. So many failures in a row, or as many as
     * there are calls in flight, are the upstream's.
     */
    private static final int FAILURES_IN_ROW_MIN = 10;

    private final String upstream;
    private final int limitMax;
    private final Backoff backoff;
    private final RandomGenerator random;

    private double limit;
    private int inFlight;
    private int interactive;
    private boolean inDoubt;
    private int pausesInRow;
    private int failuresInRow;
    private @Nullable Instant pausedUntil;
    private Instant shrunkAt = Instant.MIN;

    Pace(String upstream, int limitMax, Backoff backoff, RandomGenerator random) {
        this.upstream = upstream;
        this.limitMax = limitMax;
        this.limit = limitMax;
        this.backoff = backoff;
        this.random = random;
    }

    String upstream() {
        return upstream;
    }

    boolean hasRoom(Instant now) {
        if (isPaused(now)) {
            return false;
        }
        int allowed = inDoubt ? 1 : Math.max(1, (int) limit - interactive);
        return inFlight < allowed;
    }

    void started() {
        inFlight++;
    }

    /** The call is over, however it went; one of the methods below says how. */
    void finished() {
        inFlight--;
    }

    void interactiveStarted() {
        interactive++;
    }

    void interactiveFinished() {
        interactive--;
    }

    /** The upstream answered the request, be it with a refusal: it is there and has room. */
    void answered() {
        inDoubt = false;
        pausesInRow = 0;
        failuresInRow = 0;
        limit = Math.min(limitMax, limit + 1 / limit);
    }

    /**
     * It failed on a request, which may be the request's own fault. When nothing but failures come
     * back, it is the upstream that is ill, and is treated as one that has no room: every further
     * request sent would use up its tries.
     */
    @Nullable Pause failed(Instant now) {
        inDoubt = false;
        failuresInRow++;
        if (failuresInRow < Math.max(FAILURES_IN_ROW_MIN, limit)) {
            return null;
        }
        failuresInRow = 0;
        return throttled(null, now);
    }

    /** A pause that has begun or become longer. */
    record Pause(Duration length, boolean begins) {}

    @Nullable Pause throttled(@Nullable Duration retryAfter, Instant now) {
        inDoubt = false;
        if (shrunkAt.isBefore(now.minusSeconds(1))) {
            shrunkAt = now;
            limit = Math.max(1, limit * SHRINK);
            pausesInRow++;
        }
        // "At once" is no answer to the question how long: taken at its word, it would be asked
        // again as fast as the network goes.
        var wait =
                retryAfter == null || retryAfter.isZero()
                        ? backoff.delay(Math.max(1, pausesInRow), random)
                        : retryAfter;
        return pause(wait, now);
    }

    /** Nothing got through to it, or it would not serve us whatever we asked. */
    @Nullable Pause unreachable(Instant now) {
        inDoubt = true;
        if (isPaused(now)) {
            // Calls that set out together fail together: they are one piece of news.
            return null;
        }
        pausesInRow++;
        return pause(backoff.delay(pausesInRow, random), now);
    }

    private @Nullable Pause pause(Duration wish, Instant now) {
        var until = now.plus(wish);
        boolean begins = !isPaused(now);
        if (!begins && pausedUntil != null && !until.isAfter(pausedUntil)) {
            return null;
        }
        pausedUntil = until;
        return new Pause(wish, begins);
    }

    private boolean isPaused(Instant now) {
        return pausedUntil != null && now.isBefore(pausedUntil);
    }
}
