package dev.nightmail.engine;

import dev.nightmail.core.schedule.SchedulePolicy;
import dev.nightmail.engine.desk.BatchDesk;
import java.time.Duration;

/**
 * @param window from creation to expiry of a batch
 * @param retention from creation until the results are archived
 * @param stopTimeout for which calls in flight may go on when the server is stopped
 * @param journalThreads that write logs; more than one lets several batches flush at the same time
 */
public record EngineConfig(
        BatchDesk.Limits limits,
        Duration window,
        Duration retention,
        Duration stopTimeout,
        int journalThreads,
        SchedulePolicy schedule) {}
