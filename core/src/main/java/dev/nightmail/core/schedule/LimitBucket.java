package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.RefillRate.Seen;
import dev.nightmail.core.schedule.UpstreamState.Quota;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import java.time.Duration;
import java.time.Instant;

/** One limit that an upstream tells of: how much there is, how fast it comes back, what is left. */
final class LimitBucket {

    /** Limits are a minute's (wire contract, section 3.3), unless they refill more slowly. */
    private static final double PERIOD_SECONDS = 60;

    /** Below it the time at which a bucket is full says little: it is told in whole seconds. */
    private static final double REFILL_SECONDS_MIN = 5;

    /** Counts of tokens are told in whole thousands. */
    private static final double ROUNDING = 500;

    /**
     * A margin that a bucket has no room for costs calls: each waits longer than it takes to fill.
     * So it is no larger than this part of a call.
     */
    private static final double TIGHT_MARGIN_MAX = 0.5;

    /** A refusal was none of jitter's if we had thought of so many calls more. */
    private static final double FAR_CALLS = 3;

    private static final double SHRINK = 0.8;

    /** What is owed after refusals in a row is no more than so many calls. */
    private static final int OWED_DOUBLINGS_MAX = 6;

    private final Limit limit;
    private final RefillRate rate = new RefillRate();
    private long most;

    /** How much it holds, as far as we have seen: often less than the limit of the whole period. */
    private double capacity;

    /** For so long, in what flows in meanwhile, a full one is waited for, to be sure that it is. */
    private double sureAbove;

    private double level;

    private final JitterMargin roomyMargin;
    private final JitterMargin tightMargin;
    private double marginMax;
    private boolean tight;
    private Instant at;

    /**
     * @param ifThen what is left if what was told was true when the call set out
     * @param roomyMargin of all buckets that have room for one
     * @param tightMargin of the others
     */
    LimitBucket(
            Limit limit,
            Allowance told,
            double ifThen,
            JitterMargin roomyMargin,
            JitterMargin tightMargin,
            Moment now) {
        this.limit = limit;
        this.roomyMargin = roomyMargin;
        this.tightMargin = tightMargin;
        this.at = now.steady();
        this.level = Math.min((double) told.remaining(), ifThen);
        told(told, 0, now);
    }

    /**
     * @return what has flown in
     */
    double advance(Instant now) {
        double room = Math.max(0, capacity + sureAbove - level);
        double more = Math.min(room, rate.perSecond() * seconds(Duration.between(at, now)));
        level += more;
        at = now;
        return more;
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    /** Seconds until a call may go that takes so much; zero or less if it may now. */
    double secondsUntil(double amount) {
        double needed = needed(amount);
        capacity = Math.max(capacity, needed);
        double room = (capacity - needed) / 2;
        marginMax = Math.max(room, TIGHT_MARGIN_MAX * needed);
        tight = room < marginMax;
        double margin = Math.min(margin().seconds() * rate.perSecond(), marginMax);
        sureAbove = Math.max(0, needed + margin - capacity);
        return (needed + margin - level) / rate.perSecond();
    }

    /** What is larger than the whole limit goes when all of that is there. */
    private double needed(double amount) {
        return Math.min(amount, (double) most);
    }

    /** By whether it had room for one when it was last asked for a place. */
    JitterMargin margin() {
        return tight ? tightMargin : roomyMargin;
    }

    /** More of a margin than that is of no use. */
    double marginSecondsMax() {
        return marginMax / rate.perSecond();
    }

    boolean isTooLarge(double amount) {
        return amount > most;
    }

    void take(double amount) {
        level = Math.min(level, capacity) - amount;
    }

    /** What was thought to be taken was not, or more was. */
    void correct(double amount) {
        level -= amount;
    }

    /**
     * An answer has told of it. That was true at some time since its call arrived; which may have
     * been before others that had set out a moment earlier.
     *
     * @param cost what the call takes of this limit
     * @param sentAt when it set out
     * @param since what has flown in from then on, less what was taken
     * @param unseen what was taken before, and may not be in what it was told
     * @param takenSent what had been taken in all when it set out, itself included
     * @param takenNow and now
     */
    void learn(
            Allowance told,
            double cost,
            Instant sentAt,
            double since,
            double unseen,
            double takenSent,
            double takenNow,
            Moment now) {
        told(told, cost, now);
        double left = told.remaining();
        double low = Math.min(left, left + since) - unseen - rounding();
        // What counts one by one is told rounded down.
        double error = Math.max(1, rounding());
        double high = Math.max(left, left + since) + error;
        level = Math.min(Math.max(level, low), high);
        rate.see(
                new Seen(
                        sentAt,
                        now.steady(),
                        left,
                        error,
                        takenSent - unseen,
                        takenNow,
                        left + error + cost / 2 >= capacity));
    }

    private void told(Allowance told, double cost, Moment now) {
        if (most != 0 && most != told.limit()) {
            capacity *= (double) told.limit() / most;
        }
        most = told.limit();
        double held = told.remaining() - rounding() + Math.max(1, cost);
        capacity = Math.min(Math.max(capacity, held), (double) most);
        double byPeriod = most / PERIOD_SECONDS;
        rate.told(byPeriod, Math.min(byPeriod, untilFull(told, now)));
    }

    /** How fast it fills by what is said of when it is full. */
    private static double untilFull(Allowance told, Moment now) {
        var fullAt = told.fullAt();
        double seconds = fullAt == null ? 0 : seconds(Duration.between(now.wall(), fullAt));
        return seconds < REFILL_SECONDS_MIN || told.remaining() >= told.limit()
                ? Double.POSITIVE_INFINITY
                : (told.limit() - told.remaining()) / seconds;
    }

    private double rounding() {
        return limit == Limit.REQUESTS ? 0 : ROUNDING;
    }

    /** Whether a call that was refused, and told this, may have been refused by this limit. */
    boolean mayHaveRefused(double amount, double remaining) {
        return remaining - rounding() < needed(amount);
    }

    /**
     * It has refused a call.
     *
     * @param atMost what was left then, as far as can be told
     * @param inRow refusals in a row, each of a call that set out when the last was known
     */
    void refused(double amount, double atMost, int inRow, Instant now) {
        double needed = needed(amount);
        if (level > atMost + FAR_CALLS * needed) {
            // Where we thought there was much more it may hold less than it once did.
            capacity = Math.max(atMost + needed, SHRINK * capacity);
        }
        // It lacked something, nobody says how much. One after the other says: more than thought.
        double lacked =
                inRow <= 1 ? needed / 2 : needed * (1 << Math.min(inRow - 1, OWED_DOUBLINGS_MAX));
        level = Math.min(level, atMost + needed - lacked);
        rate.refused(needed, now);
    }

    Quota quota() {
        return new Quota(limit, most, Math.max(0, (long) level), rate.perSecond());
    }
}
