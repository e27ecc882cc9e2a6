package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;

/**
 * Tells requests that fail from an upstream that does. While it is unhealthy, a few calls at a time
 * find out when it is healthy again.
 *
 * <p><i>Healthy</i>: all calls go. When the last calls of too many requests have failed it is
 * <i>unhealthy</i>: few calls, with a pause after each that fails. When one is answered it is
 * <i>recovering</i>: a part of the calls, and when half of those are answered and none has failed
 * it is healthy. (Half, since the slowest of many answers takes long, and failures mostly come
 * fast.)
 *
 * <p>Requests are counted, not calls: three of them that always fail are three, however often they
 * are tried.
 */
final class Circuit {

    private static final int REQUESTS = 32;

    /** More failing ones than this among the last 32 requests are no bad luck of single ones. */
    private static final int FAILING_MAX = 7;

    private static final int PROBES = 4;

    /** The part of the calls that one that is recovering gets. */
    private static final int PART = 4;

    /**
     * Between the probes of one that is unhealthy: they cost nothing, and time lost after it does.
     */
    private static final Duration PAUSE_MAX = Duration.ofSeconds(3);

    private enum State {
        HEALTHY,
        UNHEALTHY,
        RECOVERING
    }

    private State state = State.HEALTHY;
    private Instant since = Instant.EPOCH;

    /** Whether the last call of each of the last requests failed, in the order of those calls. */
    private final LinkedHashMap<Object, Boolean> latest = new LinkedHashMap<>();

    private int failing;
    private int failedInRow;
    private int answeredInRow;

    /** Whether what failed last may have cost something, so that each probe does. */
    private boolean probesCost;

    /** Of the calls that have set out since the state is what it is. */
    private int inFlight;

    /**
     * Whether a call more may be made.
     *
     * @param limit of the calls in flight of one that is healthy
     */
    boolean hasRoom(int limit) {
        // Calls from before are still under way, and tell nothing any more.
        return isHealthy() || inFlight < allowed(limit);
    }

    /**
     * Most calls of now in flight at once.
     *
     * @param limit as above
     */
    int limit(int limit) {
        return isHealthy() ? limit : allowed(limit);
    }

    private int allowed(int limit) {
        int few = Math.min(limit, probesCost ? 1 : PROBES);
        return state == State.RECOVERING ? Math.max(few, limit / PART) : few;
    }

    void sent() {
        inFlight++;
    }

    void ended(Instant sentAt) {
        if (!sentAt.isBefore(since)) {
            inFlight = Math.max(0, inFlight - 1);
        }
    }

    boolean isHealthy() {
        return state == State.HEALTHY;
    }

    /** Whether only a few calls are made, to find out when it is healthy again. */
    boolean isProbed() {
        return state == State.UNHEALTHY;
    }

    /** Whether none of the last 32 calls has failed. */
    boolean isSound() {
        return isHealthy() && answeredInRow >= REQUESTS;
    }

    /**
     * @param who made the call
     * @param limit that calls in flight have otherwise
     * @param sentAt when the call had set out
     */
    void answered(Object who, int limit, Instant sentAt, Instant now) {
        if (sentAt.isBefore(since)) {
            // It tells of the time before.
            return;
        }
        record(who, false);
        answeredInRow++;
        failedInRow = 0;
        switch (state) {
            case HEALTHY -> {}
            case UNHEALTHY -> become(State.RECOVERING, now);
            case RECOVERING -> {
                if (answeredInRow >= allowed(limit) / 2) {
                    become(State.HEALTHY, now);
                }
            }
        }
    }

    /**
     * @param who made the call
     * @param mayHaveCost whether it may have to be paid for
     * @return whether the upstream is unhealthy, and should be left alone for a moment
     */
    boolean failed(Object who, boolean mayHaveCost, Instant sentAt, Instant now) {
        if (sentAt.isBefore(since)) {
            return false;
        }
        record(who, true);
        answeredInRow = 0;
        failedInRow++;
        if (state == State.HEALTHY && failing <= FAILING_MAX && !isAllThatFails()) {
            return false;
        }
        probesCost = mayHaveCost;
        become(State.UNHEALTHY, now);
        return true;
    }

    /** A few requests fail again and again, and there is no other that would not. */
    private boolean isAllThatFails() {
        return failing == latest.size() && failedInRow > FAILING_MAX;
    }

    /** How long it is left alone, of a pause that grows. */
    Duration pause(Duration grown) {
        return probesCost || grown.compareTo(PAUSE_MAX) < 0 ? grown : PAUSE_MAX;
    }

    private void become(State next, Instant now) {
        state = next;
        since = now;
        latest.clear();
        failing = 0;
        failedInRow = 0;
        answeredInRow = 0;
        inFlight = 0;
    }

    private void record(Object who, boolean failed) {
        var before = latest.remove(who);
        if (before != null && before) {
            failing--;
        }
        if (latest.size() == REQUESTS && latest.pollFirstEntry().getValue()) {
            failing--;
        }
        latest.put(who, failed);
        if (failed) {
            failing++;
        }
    }
}
