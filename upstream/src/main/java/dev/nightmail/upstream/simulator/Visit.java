package dev.nightmail.upstream.simulator;

import dev.nightmail.upstream.simulator.service.Admission;
import java.time.Duration;
import java.time.Instant;

/**
 * A request that came to the simulated service.
 *
 * @param streamed whether it asks for its answer as a stream
 * @param reply its answer, if the service admits it; not billed yet
 */
record Visit(boolean streamed, Reply reply, Instant arrivedAt, Admission admission) {

    /** How long it takes from its arrival. */
    Duration until(Instant time) {
        var duration = Duration.between(arrivedAt, time);
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
