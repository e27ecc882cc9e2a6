package dev.nightmail.engine;

import dev.nightmail.core.schedule.SchedulePolicy;
import dev.nightmail.engine.desk.BatchDesk;
import java.time.Duration;

/**
 * @param window from creation to expiry of a batch
 * @param retention from creation until the results are archived
 * @param stopTimeout for which calls in flight may go on when the server is stopped
 * @param interactiveRetry for which an interactive call is tried again where batches took the room;
 *     zero if it is not
 * @param journalThreads that write logs; more than one lets several batches flush at the same time
 */
public record EngineConfig(
        BatchDesk.Limits limits,
        Duration window,
        Duration retention,
        Duration stopTimeout,
        Duration interactiveRetry,
        int journalThreads,
        SchedulePolicy schedule) {

    /**
     * A client's own time-outs are longer, and its own retries begin after half a second: two
     * seconds are enough for a call of a batch to end nearly always.
     */
    public static final Duration INTERACTIVE_RETRY = Duration.ofSeconds(2);
}
