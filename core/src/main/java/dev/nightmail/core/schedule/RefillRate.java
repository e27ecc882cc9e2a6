package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How fast one limit of an upstream refills for us: as it says, until what is left of it says
 * otherwise. The two differ where another client uses the same limit, where the limit is not of the
 * period we took it for, and where the clock behind {@code reset} is wrong.
 *
 * <p>Between two answers as much has flown in as was taken and what is left has grown by. Each
 * answer was true at some time since its call set out, so that lies between two bounds, and a rate
 * that lies between them too stands. A bucket that was full meanwhile has lost something: what is
 * counted then is the least that has flown in.
 */
final class RefillRate {

    private static final double WINDOW_SECONDS_MIN = 1;
    private static final double WINDOW_SECONDS_MAX = 10;

    /** Less time than that says nothing, whatever was counted. */
    private static final double GLIMPSE_SECONDS = 0.05;

    /** A window is long enough when so many times as much was taken as a count may be wrong by. */
    private static final double WINDOW_ERRORS = 20;

    /** Where nothing is left over, faster is tried by so much. */
    private static final double TRIED = 4;

    /** What was tried holds once so much of it was let in. */
    private static final double CONFIRMED = 0.9;

    /** A single call may be refused since it was a moment early, whatever the rate is. */
    private static final int REFUSED_IF_TOO_FAST = 2;

    private static final Duration TRY_AGAIN_MIN = Duration.ofSeconds(10);
    private static final Duration TRY_AGAIN_MAX = Duration.ofHours(1);

    private double byPeriod;
    private double told;
    private double measured = Double.NaN;
    private @Nullable Seen first;
    private boolean wasFull;

    /** What was seen before something faster was tried; not a number if nothing is being tried. */
    private double beforeTried = Double.NaN;

    /** What a refusal has shown to be too fast is tried again ever later. */
    private Instant triesFrom = Instant.MIN;

    private int refusedSinceTried;

    private Duration untilNextTry = TRY_AGAIN_MIN;

    /**
     * What an answer has told, and between which times that was true.
     *
     * @param sentAt when its call set out
     * @param answeredAt when it came
     * @param left by its word
     * @param error by which that may be wrong
     * @param takenLeast what had been taken in all by then, at least
     * @param takenMost and at most
     * @param isFull whether the bucket may have been full
     */
    record Seen(
            Instant sentAt,
            Instant answeredAt,
            double left,
            double error,
            double takenLeast,
            double takenMost,
            boolean isFull) {

        double vague() {
            return error + takenMost - takenLeast;
        }

        Seen blurred(double amount) {
            return new Seen(
                    sentAt, answeredAt, left, error + amount, takenLeast, takenMost, isFull);
        }
    }

    double perSecond() {
        return Double.isNaN(measured) ? told : measured;
    }

    /**
     * @param newByPeriod what the limit is in its usual period, a second's worth of it
     * @param newTold the same, or less where it says that it takes longer
     */
    void told(double newByPeriod, double newTold) {
        if (newByPeriod != byPeriod) {
            measured = Double.NaN;
            beforeTried = Double.NaN;
            first = null;
            triesFrom = Instant.MIN;
            untilNextTry = TRY_AGAIN_MIN;
        }
        byPeriod = newByPeriod;
        told = newTold;
    }

    /** A call was refused, and blurs what is counted by the amount that it would have taken. */
    void refused(double amount, Instant now) {
        first = first == null ? null : first.blurred(amount);
        if (!Double.isNaN(beforeTried) && ++refusedSinceTried >= REFUSED_IF_TOO_FAST) {
            first = null;
            measured = beforeTried;
            beforeTried = Double.NaN;
            triesFrom = now.plus(untilNextTry);
            var twice = untilNextTry.multipliedBy(2);
            untilNextTry = twice.compareTo(TRY_AGAIN_MAX) < 0 ? twice : TRY_AGAIN_MAX;
        }
    }

    void see(Seen seen) {
        if (first == null) {
            begin(seen);
            return;
        }
        wasFull |= seen.isFull();
        double longest = seconds(first.sentAt(), seen.answeredAt());
        if (longest < GLIMPSE_SECONDS) {
            return;
        }
        double error = first.error() + seen.error();
        double grown = seen.left() - first.left();
        double least = (grown + seen.takenLeast() - first.takenMost() - error) / longest;
        double took = seen.takenLeast() - first.takenLeast();
        boolean isLong =
                longest >= WINDOW_SECONDS_MIN
                        && (took >= WINDOW_ERRORS * (first.vague() + seen.vague())
                                || longest >= WINDOW_SECONDS_MAX);
        if (least > perSecond() && (isLong || perSecond() < byPeriod)) {
            // However short the look was: at a pace that is much too slow no longer one may come.
            measured = isLong ? least : Math.min(byPeriod, least);
        }
        if (wasFull) {
            if (longest >= WINDOW_SECONDS_MIN && took >= seen.error()) {
                tryFaster((grown + took) / longest, seen.answeredAt());
                begin(seen);
            }
        } else if (isLong) {
            double shortest = seconds(first.answeredAt(), seen.sentAt());
            // While a bucket is being emptied, a wrong estimate of calls looks like a slow refill.
            if (shortest > 0 && grown >= -took / 2) {
                noMoreThan((grown + seen.takenMost() - first.takenLeast() + error) / shortest);
            }
            begin(seen);
        }
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    private void begin(Seen seen) {
        first = seen;
        wasFull = seen.isFull();
    }

    private void tryFaster(double least, Instant now) {
        boolean mayTry = !now.isBefore(triesFrom);
        double tried = Math.min(byPeriod, mayTry ? TRIED * least : least);
        if (tried > perSecond()) {
            // What it was until now was not refused.
            beforeTried = Math.max(perSecond(), least);
            refusedSinceTried = 0;
            measured = tried;
        } else if (least >= CONFIRMED * perSecond()) {
            beforeTried = Double.NaN;
        }
    }

    private void noMoreThan(double most) {
        if (most > 0 && most < perSecond()) {
            measured = most;
        } else if (!Double.isNaN(measured) && measured < told && most >= told) {
            // What made the difference may be gone; the next look tells if it is not.
            measured = Double.NaN;
        }
    }
}
