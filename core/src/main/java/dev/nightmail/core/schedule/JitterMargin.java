package dev.nightmail.core.schedule;

/**
 * How far ahead of a call its place in a rate limit should be there: calls arrive earlier and later
 * than they were sent for, and one that is too early is refused.
 *
 * <p>Nobody tells how much they scatter, so the margin follows what happens: each refusal widens it
 * and each answer narrows it a little, so that it settles where one call in {@link
 * #CALLS_PER_REFUSAL} is refused, whatever the distribution is.
 */
final class JitterMargin {

    private static final double CALLS_PER_REFUSAL = 1_000;
    private static final double FIRST_SECONDS = 0.04;
    private static final double MIN_SECONDS = 0.001;
    private static final double MAX_SECONDS = 0.25;
    private static final double WIDER = 1.5;
    private static final double NARROWER = Math.pow(WIDER, -1 / CALLS_PER_REFUSAL);

    private double seconds = FIRST_SECONDS;

    double seconds() {
        return seconds;
    }

    void widen() {
        seconds = Math.min(MAX_SECONDS, seconds * WIDER);
    }

    void narrow() {
        seconds = Math.max(MIN_SECONDS, seconds * NARROWER);
    }
}
