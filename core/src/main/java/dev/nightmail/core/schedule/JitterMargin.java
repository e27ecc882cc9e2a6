package dev.nightmail.core.schedule;

/**
 * How far ahead of a call its place in a rate limit should be there: calls arrive earlier and later
 * than they were sent for, and one that is too early is refused.
 *
 * <p>Nobody tells how much they scatter, so the margin follows what happens: each refusal widens it
 * and each answer narrows it a little, so that it settles where one call in so many is refused,
 * whatever the distribution is.
 */
final class JitterMargin {

    private static final double MAX_SECONDS = 0.25;

    /** Of what it was, until the first refusal: half of it is gone after seventy calls. */
    private static final double NARROWER_AT_FIRST = 0.99;

    /** Refusals in a row are one piece of news: none of them knew of the one before. */
    private static final int LET_IN_BETWEEN = 5;

    private final double minSeconds;
    private final double wider;
    private final double narrower;
    private double seconds;
    private double narrowing;
    private int letInSinceWidened = LET_IN_BETWEEN;

    private JitterMargin(
            boolean narrowsFastAtFirst,
            double firstSeconds,
            double minSeconds,
            double wider,
            double callsPerRefusal) {
        this.seconds = firstSeconds;
        this.minSeconds = minSeconds;
        this.wider = wider;
        this.narrower = Math.pow(wider, -1 / callsPerRefusal);
        this.narrowing = narrowsFastAtFirst ? NARROWER_AT_FIRST : narrower;
    }

    /** Where a bucket has room for it, so that it costs nothing: one call in 1,000 is refused. */
    static JitterMargin roomy() {
        return new JitterMargin(false, 0.04, 0.001, 1.5, 1_000);
    }

    /**
     * Where a bucket holds hardly more than one call, and loses what flows in meanwhile: one in 400
     * is refused.
     */
    static JitterMargin tight() {
        return new JitterMargin(true, 0.001, 0.000_1, 1.25, 400);
    }

    double seconds() {
        return seconds;
    }

    void widen() {
        if (letInSinceWidened < LET_IN_BETWEEN) {
            return;
        }
        letInSinceWidened = 0;
        narrowing = narrower;
        seconds = Math.min(MAX_SECONDS, seconds * wider);
    }

    /**
     * @param mostSeconds that are of any use
     */
    void narrow(double mostSeconds) {
        letInSinceWidened++;
        seconds = Math.max(minSeconds, Math.min(seconds, mostSeconds) * narrowing);
    }
}
