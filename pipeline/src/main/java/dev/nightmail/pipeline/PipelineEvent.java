package dev.nightmail.pipeline;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a run. Each is told after it has become durable, in order. Prompts and
 * answers are in none of them.
 */
public sealed interface PipelineEvent {

    /**
     * The author of the pipeline should know something.
     *
     * @param text a sentence
     */
    record Noted(String text) implements PipelineEvent {}

    /**
     * The source has been read. Of a long source the first batches may have been sent by then.
     *
     * @param estimate what this run is about to send
     */
    record Planned(Estimate estimate) implements PipelineEvent {}

    /**
     * The endpoint has a batch.
     *
     * @param batchId as the endpoint names it
     * @param requests in the batch
     */
    record BatchSubmitted(String batchId, int requests) implements PipelineEvent {}

    /**
     * All results of a batch are kept.
     *
     * @param batchId as the endpoint names it
     */
    record BatchCollected(String batchId) implements PipelineEvent {}

    /**
     * How far the run is.
     *
     * @param settled records with an answer or set aside
     * @param records of the source
     * @param costMicros of this run so far, in micro-dollars; null if no price of the model is
     *     known
     * @param elapsed since the run began
     */
    record Progress(long settled, long records, @Nullable Long costMicros, Duration elapsed)
            implements PipelineEvent {}

    /**
     * Something does not go at once, and the run copes: it waits, or tries again.
     *
     * @param reason what does not go
     */
    record Delayed(String reason) implements PipelineEvent {}

    /**
     * The next request would go over the budget: no more are sent.
     *
     * @param spentMicros by all runs of the pipeline, in micro-dollars
     * @param budgetMicros likewise
     * @param unsent records that are left
     */
    record BudgetReached(long spentMicros, long budgetMicros, long unsent)
            implements PipelineEvent {}

    /**
     * Answers, failed records or the report were written.
     *
     * @param place a file, or what a person would call it
     * @param rows written by this
     */
    record Written(String place, long rows) implements PipelineEvent {}

    /**
     * The run is over; nothing follows.
     *
     * @param summary what it came to
     */
    record Finished(Summary summary) implements PipelineEvent {}
}
