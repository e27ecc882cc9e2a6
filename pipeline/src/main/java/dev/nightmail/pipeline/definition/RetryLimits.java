package dev.nightmail.pipeline.definition;

import java.time.Duration;

/**
 * How often one record is sent again within one run, by what went wrong, and how long a result is
 * waited for that its batch lacks.
 *
 * @param transientMax after an error that may pass (overload, time-out, an internal error)
 * @param expiredMax after its batch ran out of time
 * @param missing how long the results of an ended batch are fetched again while they lack some; a
 *     record that still has none then is set aside and not sent again
 */
public record RetryLimits(int transientMax, int expiredMax, Duration missing) {
    public static final RetryLimits DEFAULT = new RetryLimits(3, 2, Duration.ofHours(1));
}
