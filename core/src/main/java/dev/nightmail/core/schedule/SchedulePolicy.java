package dev.nightmail.core.schedule;

import dev.nightmail.core.lease.WorkerId;
import java.time.Duration;

/**
 * The limits of scheduling.
 *
 * @param worker in whose name leases are taken
 * @param chunkRequests requests in a chunk
 * @param callTimeout of one attempt
 * @param attemptsMax tries of one request that may have cost something, before it is errored
 * @param retryDelay between those tries
 * @param pause of an upstream that has no room or cannot be reached, where it does not say how long
 * @param unsavedMax calls in flight and answers that wait for storage, together, before no more
 *     calls are started: what a crash can make run twice, while storage works. A batch whose log
 *     fails keeps what it has beside that, and sends nothing
 * @param groupMax results in one group commit
 * @param weights of keys against each other
 */
public record SchedulePolicy(
        WorkerId worker,
        int chunkRequests,
        Duration callTimeout,
        int attemptsMax,
        Backoff retryDelay,
        Backoff pause,
        int unsavedMax,
        int groupMax,
        Weights weights) {

    /** The same with another bound on what a crash can make run twice. */
    public SchedulePolicy withUnsavedMax(int other) {
        return new SchedulePolicy(
                worker,
                chunkRequests,
                callTimeout,
                attemptsMax,
                retryDelay,
                pause,
                other,
                groupMax,
                weights);
    }

    /** The same with other weights. */
    public SchedulePolicy withWeights(Weights other) {
        return new SchedulePolicy(
                worker,
                chunkRequests,
                callTimeout,
                attemptsMax,
                retryDelay,
                pause,
                unsavedMax,
                groupMax,
                other);
    }

    public static SchedulePolicy standard(WorkerId worker) {
        return new SchedulePolicy(
                worker,
                64,
                Duration.ofMinutes(10),
                5,
                new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30)),
                new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(15)),
                16_384,
                4_096,
                Weights.EQUAL);
    }

    /**
     * A chunk is taken from a worker that has not been heard of for longer than any call may last.
     */
    public Duration leaseTtl() {
        return callTimeout.plusMinutes(1);
    }
}
