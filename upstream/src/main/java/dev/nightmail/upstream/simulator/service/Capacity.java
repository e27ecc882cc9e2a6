package dev.nightmail.upstream.simulator.service;

/**
 * How much a service works on at once.
 *
 * @param places requests worked on at once
 * @param waitingMax requests that may wait for a place, first come, first served; one more is told
 *     that the service is overloaded
 * @param decodeTokensPerSecond that all answers together are written at, at most; 0 if each has a
 *     pace of its own, however many there are
 */
public record Capacity(int places, int waitingMax, long decodeTokensPerSecond) {

    /** Enough for any client; a service that holds more has lost them all to timeouts. */
    private static final int WAITING_MAX_USUAL = 10_000;

    public static final Capacity UNLIMITED = queueing(Integer.MAX_VALUE);

    public Capacity {
        if (places < 1 || waitingMax < 0 || decodeTokensPerSecond < 0) {
            throw new IllegalArgumentException(
                    "a service has a place at least, and no less than nothing of the rest");
        }
    }

    /** One that lets requests wait, as a server on a few GPUs does. */
    public static Capacity queueing(int places) {
        return new Capacity(places, WAITING_MAX_USUAL, 0);
    }

    /** One that turns away whom it has no place for, as a large service does. */
    public static Capacity refusing(int places) {
        return new Capacity(places, 0, 0);
    }

    /** The same, whose answers share one machine. */
    public Capacity sharing(long tokensPerSecond) {
        return new Capacity(places, waitingMax, tokensPerSecond);
    }
}
