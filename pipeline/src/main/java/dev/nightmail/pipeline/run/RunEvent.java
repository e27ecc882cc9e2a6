package dev.nightmail.pipeline.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that happened in a run. Each is told after it has become durable. */
public sealed interface RunEvent {

    /** Something the author of the pipeline should know, in a sentence. */
    record Noted(String text) implements RunEvent {}

    /**
     * The source has been read and the cost is known as far as it can be. Nothing has been sent by
     * this run.
     */
    record Planned(Preview preview) implements RunEvent {}

    /** A batch has been cut and written down; its create call comes next. */
    record BatchIntended(int number, int requests, long bytes) implements RunEvent {}

    /**
     * The endpoint has the batch.
     *
     * @param found whether it was there already, submitted by a run that did not live to read the
     *     answer
     */
    record BatchSubmitted(int number, String batchId, int requests, boolean found)
            implements RunEvent {}

    /**
     * A create call got no answer, in this run or in one before: the endpoint is asked for the
     * batch before it is sent again. Where the endpoint does not know idempotency keys, this may
     * last until every batch that could be it has ended.
     */
    record BatchSought(int number, int requests) implements RunEvent {}

    /**
     * A batch could not be submitted; batches under way are followed meanwhile.
     *
     * @param failures in a row
     * @param nextTryIn at least so long until the next try
     */
    record SubmissionFailed(int failures, Duration nextTryIn, String reason) implements RunEvent {}

    /** A batch no longer exists at the endpoint; its requests are outstanding again. */
    record BatchGone(int number, String batchId) implements RunEvent {}

    /** Some results of a batch have been checked and kept. */
    record ResultsKept(int number, int results) implements RunEvent {}

    /**
     * What was downloaded of an ended batch lacks results: they are fetched again later.
     *
     * @param missing requests without a result
     */
    record ResultsAwaited(int number, String batchId, long missing, Duration nextTryIn)
            implements RunEvent {}

    /**
     * Lines among a batch's results were no results, or of requests it does not have. They change
     * nothing; a request that got none of its own counts as without a result.
     */
    record ResultsPassedOver(int number, long lines) implements RunEvent {}

    /** All results of a batch are kept. */
    record BatchCollected(int number, String batchId) implements RunEvent {}

    /**
     * How far the run is.
     *
     * @param settled records with an answer or set aside, results the endpoint counts but has not
     *     handed out included
     * @param total records of the plan
     * @param perSecond records settled a second since the first batch of this run was submitted
     * @param costMicros of this run so far; null if the model's price is not known
     */
    record Progress(
            long settled, long total, double perSecond, @Nullable Long costMicros, Duration elapsed)
            implements RunEvent {}

    /**
     * The next request would go over the budget: no more are sent.
     *
     * @param underWayMicros the likely cost of what was sent and is not answered yet
     */
    record BudgetReached(long spentMicros, long underWayMicros, long budgetMicros, long unsent)
            implements RunEvent {}

    /**
     * The pilot was judged: the rest is sent, or, if too much of it failed, is not unless somebody
     * agrees.
     */
    record PilotJudged(PilotResult pilot) implements RunEvent {}

    /** A call failed for the first time in this run, and is made again after a moment. */
    record Retrying(String reason) implements RunEvent {}

    /** The endpoint does not answer; the run waits for it. */
    record EndpointSilent(String reason) implements RunEvent {}

    /**
     * Nothing has settled for a while, and the endpoint says why.
     *
     * @param reasons a line for each upstream of it that does not answer
     */
    record Waiting(List<String> reasons) implements RunEvent {
        public Waiting {
            reasons = List.copyOf(reasons);
        }
    }

    /** A file of the run's output is complete. */
    record FileWritten(Path file, long rows) implements RunEvent {}

    /**
     * Answers were written where they are added to those of before, such as a table.
     *
     * @param place as a person would name it
     */
    record AnswersDelivered(String place, long rows) implements RunEvent {}

    record Finished(RunSummary summary) implements RunEvent {}
}
