package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Finds how many calls a second an upstream takes that does not say.
 *
 * <p>Until it first refuses one (429) there is no limit. When it does, it has just used up what it
 * allows, so what it has taken in the last seconds is the limit, very nearly. Calls then go out a
 * little more slowly than that, evenly; after a while slowly faster, past it; and if nothing is
 * refused ever faster, since then the limit has grown. Each such search costs one refusal, and
 * begins only after a hundred calls or so.
 */
final class RateSearch {

    /** What was taken is counted over so many slots. */
    private static final int SLOTS = 100;

    private static final long SLOT_MILLIS = 100;
    private static final long SECOND_SLOTS = 1_000 / SLOT_MILLIS;

    /** Just below the limit, so that what a refusal leaves behind is caught up with. */
    private static final double STEP_BACK = 0.98;

    /** When the next refusal comes so soon, the limit has shrunk: what was measured is old. */
    private static final double SOON_SECONDS = 3;

    private static final double SHRINK = 0.85;

    /** When it was exceeded by so much before the next refusal, the limit has grown. */
    private static final double GROWN_MUCH = 2;

    /** It is held for so many calls, but no longer than so many seconds. */
    private static final double HOLD_CALLS = 115;

    private static final double HOLD_SECONDS_MAX = 11;

    /** Then it grows by this part a second, and by so much more with each second. */
    private static final double GROWTH = 0.01;

    private static final double GROWTH_GROWTH = 0.03;

    /**
     * What was refused within the first second was a burst: it says how much may go at once, and
     * little of how fast. So the rate is not held but grows by this part a second, until it is
     * refused again.
     */
    private static final double GROWTH_UNKNOWN = 1.5;

    /** Calls a second; one that takes fewer is paused in any case. */
    private static final double RATE_MIN = 0.1;

    /** So many calls a second are tried though nothing shows that they are taken. */
    private static final double UNSHOWN_MAX = 5;

    private final int[] taken = new int[SLOTS];
    private long slot;
    private int takenSince;
    private long firstSlot = Long.MAX_VALUE;

    private double base = Double.POSITIVE_INFINITY;
    private boolean onlyBurstKnown;
    private Instant since = Instant.EPOCH;
    private double credit;
    private @Nullable Instant grantedAt;
    private Instant creditAt = Instant.EPOCH;

    boolean isLimited() {
        return base != Double.POSITIVE_INFINITY;
    }

    /** Calls a second now. */
    double rate(Instant now) {
        if (onlyBurstKnown) {
            return Math.min(
                    base * Math.exp(GROWTH_UNKNOWN * seconds(since, now)),
                    Math.max(base, GROWN_MUCH * takenLately(now)));
        }
        double grown = seconds(since, now) - Math.min(HOLD_SECONDS_MAX, HOLD_CALLS / base);
        if (!isLimited() || grown <= 0) {
            return base;
        }
        double rate = base * Math.exp(grown * (GROWTH + GROWTH_GROWTH * grown / 2));
        double unshown = Math.max(base, UNSHOWN_MAX);
        // Where nobody asks for more, nothing shows that there is more.
        return rate <= unshown
                ? rate
                : Math.min(rate, Math.max(unshown, GROWN_MUCH * takenLately(now)));
    }

    /** Calls a second, over so many slots that ten calls fall into them. */
    private double takenLately(Instant now) {
        turnTo(now);
        int slots = Math.clamp((long) Math.ceil(10 * 1e3 / SLOT_MILLIS / base), 10, SLOTS);
        int sum = 0;
        for (int back = 0; back < slots; back++) {
            sum += taken[index(slot - back)];
        }
        return sum / (slots * SLOT_MILLIS / 1e3);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    /** How long until the next call may be sent. */
    Duration wait(Instant now) {
        if (!isLimited() || isGranted(now)) {
            return Duration.ZERO;
        }
        refill(now);
        return credit >= 1
                ? Duration.ZERO
                : Duration.ofNanos((long) Math.ceil((1 - credit) / rate(now) * 1e9));
    }

    /** Whatever the rate, one call may go then: the upstream said so, or it is time to ask. */
    void grant(Instant at) {
        grantedAt = at;
    }

    private boolean isGranted(Instant now) {
        return grantedAt != null && !now.isBefore(grantedAt);
    }

    private void refill(Instant now) {
        double rate = rate(now);
        // One by one, but in handfuls where there are very many.
        credit = Math.min(Math.max(1, rate / 100), credit + rate * seconds(creditAt, now));
        creditAt = now;
    }

    void sent(Instant now) {
        if (isLimited()) {
            refill(now);
            credit = isGranted(now) ? Math.max(0, credit - 1) : credit - 1;
        }
        grantedAt = null;
        count(now);
    }

    /** A call has set out that waits for nobody: it takes from the same limit. */
    void sentAhead(Instant now) {
        if (isLimited()) {
            refill(now);
            // A second's worth of debt at most: what came ahead of others should not stop them.
            credit = Math.max(-Math.max(1, rate(now)), credit - 1);
        }
        count(now);
    }

    private void count(Instant now) {
        turnTo(now);
        taken[index(slot)]++;
        firstSlot = Math.min(firstSlot, slot);
        takenSince++;
    }

    private void turnTo(Instant now) {
        long current = slotOf(now);
        for (long next = Math.max(slot + 1, current - SLOTS + 1); next <= current; next++) {
            taken[index(next)] = 0;
        }
        slot = Math.max(slot, current);
    }

    private static long slotOf(Instant time) {
        return time.toEpochMilli() / SLOT_MILLIS;
    }

    private static int index(long slot) {
        return (int) Math.floorMod(slot, (long) SLOTS);
    }

    /**
     * @param sentAt when the refused call had set out
     */
    void refused(Instant sentAt, Instant now) {
        turnTo(now);
        long was = slotOf(sentAt);
        if (was > slot - SLOTS) {
            taken[index(was)]--;
        }
        if (isLimited() && !sentAt.isAfter(since)) {
            // It had set out before the last refusal was known: no news.
            return;
        }
        takenSince--;
        boolean isFirst = !isLimited();
        base = found(now);
        onlyBurstKnown = isFirst && slot - firstSlot < SECOND_SLOTS;
        base = Math.max(base, RATE_MIN);
        since = now;
        takenSince = 0;
        creditAt = now;
        credit = 0;
    }

    private double found(Instant now) {
        if (!isLimited()) {
            return STEP_BACK * measured();
        }
        double elapsed = seconds(since, now);
        if (elapsed < SOON_SECONDS) {
            return SHRINK * rate(now);
        }
        // Between two refusals it took what it allows, neither more nor less, unless it allows
        // more by now.
        double average = takenSince / elapsed;
        return rate(now) > GROWN_MUCH * base
                ? Math.max(average, SHRINK * rate(now))
                : STEP_BACK * average;
    }

    private double measured() {
        int sum = 0;
        for (int count : taken) {
            sum += count;
        }
        double span = (slot - Math.max(firstSlot, slot - SLOTS + 1) + 1) * SLOT_MILLIS / 1e3;
        return Math.max(1, sum) / Math.max(1, span);
    }
}
