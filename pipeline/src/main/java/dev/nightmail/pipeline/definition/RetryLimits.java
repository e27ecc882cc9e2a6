package dev.nightmail.pipeline.definition;

/**
 * How often one record is sent again within one run, by what went wrong.
 *
 * @param transientMax after an error that may pass (overload, time-out, an internal error)
 * @param expiredMax after its batch ran out of time
 */
public record RetryLimits(int transientMax, int expiredMax) {
    public static final RetryLimits DEFAULT = new RetryLimits(3, 2);
}
