package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;

/**
 * How many failed requests may be tried again at an upstream: one for every ten answers, so that an
 * upstream in trouble does not get more work than one that is well, one for each answer where there
 * is no trouble, and a few in any case. (The share is that of Google's SRE book, "Handling
 * Overload".)
 */
final class RetryBudget {

    private static final double SHARE = 0.1;
    private static final double MAX = 100;
    private static final double PER_SECOND = 2;

    private double left = MAX;
    private Instant at = Instant.EPOCH;

    /**
     * @param sound whether none of many calls has failed lately: then a retry is a call like any
     *     other, and whoever waits for one since worse times need not wait any longer
     */
    void answered(boolean sound) {
        left = Math.min(MAX, left + (sound ? 1 : SHARE));
    }

    /** Zero if one may go now, which then has; else how long until then. */
    Duration spend(Instant now) {
        left = Math.min(MAX, left + PER_SECOND * Duration.between(at, now).toNanos() / 1e9);
        at = now;
        if (left >= 1) {
            left--;
            return Duration.ZERO;
        }
        return Duration.ofNanos((long) Math.ceil((1 - left) / PER_SECOND * 1e9));
    }
}
