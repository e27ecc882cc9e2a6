package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.cost.Tariff;
import dev.nightmail.pipeline.cost.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to.
 *
 * @param records of the plan
 * @param done of them with an answer
 * @param failed of them set aside, by kind of failure
 * @param unsent of them not sent: declined, beyond the budget, canceled, or left to the next run
 * @param underWay of them in batches that are out
 * @param batches submitted by this run
 * @param batchesCollected by this run
 * @param batchesOut submitted, or perhaps submitted, by this run or an earlier one, and not
 *     collected yet
 * @param usage of this run
 * @param tariff what the endpoint bills
 * @param costMicros of this run by it; where answers are made up, what they would have cost. Null
 *     if the model's price is not known
 * @param totalCostMicros of all runs of this pipeline that were charged; or made up, likewise
 * @param savedMicros what calls would have cost more than the batches of this run; null if that is
 *     not known, or no batch was billed
 * @param answers where they are: a place for each sink
 * @param failedFile null when no record is set aside
 */
public record RunSummary(
        String pipeline,
        String model,
        String endpoint,
        String promptVersion,
        End end,
        long records,
        long done,
        Map<String, Long> failed,
        long unsent,
        long underWay,
        int batches,
        long batchesCollected,
        long batchesOut,
        Usage usage,
        Tariff tariff,
        @Nullable Long costMicros,
        @Nullable Long totalCostMicros,
        @Nullable Long savedMicros,
        Duration elapsed,
        List<Place> answers,
        @Nullable Path failedFile,
        Path reportFile) {

    /**
     * Where answers are.
     *
     * @param name as a person would say it
     * @param file null if it is none
     */
    public record Place(String name, @Nullable Path file) {}

    /** Why the run ended. */
    public enum End {
        /** Every record is answered or set aside. */
        COMPLETE,
        /** The confirmation said no. */
        DECLINED,
        /** The budget does not reach further. */
        BUDGET_REACHED,
        /** Too much of the pilot failed; the rest was not sent. */
        STOPPED_BY_PILOT,
        /** Somebody canceled a batch; the next run takes its requests up. */
        CANCELED,
        /** It was not to wait: batches are out. */
        BATCHES_OUT,
        /** No batch is out, and some records are left for the next run to send. */
        LEFT_TO_SEND
    }

    public RunSummary {
        answers = List.copyOf(answers);
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }

    /** Whether the answers were made up, so that nothing was charged. */
    public boolean simulated() {
        return tariff.billing() == Billing.SIMULATED;
    }

    /** Where the answers are, as a person would name it. */
    public String answerPlace() {
        return answers.stream().map(Place::name).collect(Collectors.joining(" and "));
    }

    /** The first file they are in; null if there is none. */
    public @Nullable Path answerFile() {
        return answers.stream().map(Place::file).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Whether everything was as it is before the run. */
    public boolean didNothing() {
        return batches == 0 && batchesCollected == 0 && usage.equals(Usage.NONE);
    }

    public long failedRecords() {
        return failed.values().stream().mapToLong(Long::longValue).sum();
    }
}
