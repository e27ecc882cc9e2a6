package dev.nightmail.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to.
 *
 * @param end why it ended
 * @param records of the source
 * @param answered of them, with an answer
 * @param failed of them, set aside, by the reason as {@code failed.jsonl} has it
 * @param unsent of them, left to the next run
 * @param underWay of them, in batches that are out
 * @param inputTokens that this run was charged for, cached ones included
 * @param outputTokens that this run was charged for
 * @param costMicros of this run at batch prices, in micro-dollars (1 USD is 1,000,000); null if no
 *     price of the model is known
 * @param totalCostMicros of all runs of the pipeline; null likewise
 * @param simulated whether a simulator answered, so that nothing was charged
 * @param elapsed from the beginning of the run to its end
 * @param answerPlace where the answers are, as a person would name it
 * @param failedFile the records that were set aside, a JSON line each; null if there are none
 * @param reportFile a page for people
 */
public record Summary(
        End end,
        long records,
        long answered,
        Map<String, Long> failed,
        long unsent,
        long underWay,
        long inputTokens,
        long outputTokens,
        @Nullable Long costMicros,
        @Nullable Long totalCostMicros,
        boolean simulated,
        Duration elapsed,
        String answerPlace,
        @Nullable Path failedFile,
        Path reportFile) {

    /** Why a run ended. */
    public enum End {
        /** Every record is answered or set aside. */
        COMPLETE,
        /** The budget does not reach further. */
        BUDGET_REACHED,
        /** Too much of the pilot failed; the rest was not sent. */
        STOPPED_BY_PILOT,
        /** Somebody canceled a batch at the endpoint; the next run takes its requests up. */
        CANCELED,
        /** It was only to submit: batches are out. */
        BATCHES_OUT,
        /** No batch is out, and some records are left for the next run to send. */
        LEFT_TO_SEND
    }

    /** Copies the map. */
    public Summary {
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }

    /** {@return how many records were set aside} */
    public long failedRecords() {
        return failed.values().stream().mapToLong(Long::longValue).sum();
    }
}
