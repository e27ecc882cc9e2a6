package dev.nightmail.pipeline.decide;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Within which bounds a run decides.
 *
 * @param openBatchesMax batches under way at once
 * @param pilotRequestsMax requests of a pilot
 * @param budgetMicros over all runs; null: none
 * @param missing how long results that an ended batch lacks are fetched again
 * @param lookAgainAfter before a batch that was not found is looked for once more
 * @param patience how long a run goes on while the endpoint is away or takes nothing
 * @param failedCreatesMax creates in a row that leave open whether they were taken, before a run
 *     with nothing else under way ends
 */
public record RunTerms(
        Mode mode,
        int openBatchesMax,
        int pilotRequestsMax,
        @Nullable Long budgetMicros,
        Duration missing,
        Duration lookAgainAfter,
        Duration patience,
        int failedCreatesMax,
        PollPace pace) {

    /** What a run is for. */
    public enum Mode {
        /** Until every record is answered or set aside. */
        TO_THE_END,
        /** Takes what has ended, sends what is due, and leaves. */
        SUBMIT,
        /** Takes what has ended. */
        COLLECT
    }
}
