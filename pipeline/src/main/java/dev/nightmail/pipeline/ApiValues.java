package dev.nightmail.pipeline;

import dev.nightmail.pipeline.cost.Range;
import dev.nightmail.pipeline.run.Preview;
import dev.nightmail.pipeline.run.RunEvent;
import dev.nightmail.pipeline.run.RunSummary;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells in the words of the API what a run tells inside. The inner words may change from release to
 * release, and a new one stops the build here.
 */
final class ApiValues {

    private ApiValues() {}

    static Estimate estimate(Preview preview) {
        var cost = preview.estimate();
        return new Estimate(
                preview.records().total(),
                preview.records().done(),
                preview.records().unusable(),
                cost.requests(),
                amount(cost.inputTokens()),
                amount(cost.outputTokens()),
                amountIfKnown(cost.costMicros()),
                preview.spentMicros(),
                cost.basis());
    }

    private static Amount amount(Range range) {
        return new Amount(range.low(), range.likely(), range.high());
    }

    private static @Nullable Amount amountIfKnown(@Nullable Range range) {
        return range == null ? null : amount(range);
    }

    static Summary summary(RunSummary summary) {
        return new Summary(
                end(summary.end()),
                summary.records(),
                summary.done(),
                summary.failed(),
                summary.unsent(),
                summary.underWay(),
                summary.usage().promptTokens(),
                summary.usage().output(),
                summary.costMicros(),
                summary.totalCostMicros(),
                summary.simulated(),
                summary.elapsed(),
                summary.answerPlace(),
                summary.failedFile(),
                summary.reportFile());
    }

    private static Summary.End end(RunSummary.End end) {
        return switch (end) {
            case COMPLETE -> Summary.End.COMPLETE;
            case BUDGET_REACHED -> Summary.End.BUDGET_REACHED;
            case STOPPED_BY_PILOT -> Summary.End.STOPPED_BY_PILOT;
            case CANCELED -> Summary.End.CANCELED;
            case BATCHES_OUT -> Summary.End.BATCHES_OUT;
            case LEFT_TO_SEND -> Summary.End.LEFT_TO_SEND;
            case DECLINED -> throw new IllegalStateException("a run that asks nobody was declined");
        };
    }

    /** Empty for what a program has no use for. */
    static Optional<PipelineEvent> event(RunEvent event) {
        return Optional.ofNullable(eventOrNull(event));
    }

    private static @Nullable PipelineEvent eventOrNull(RunEvent event) {
        return switch (event) {
            case RunEvent.Noted(var text) -> new PipelineEvent.Noted(text);
            case RunEvent.Planned(var preview) -> new PipelineEvent.Planned(estimate(preview));
            case RunEvent.BatchSubmitted submitted ->
                    new PipelineEvent.BatchSubmitted(submitted.batchId(), submitted.requests());
            case RunEvent.BatchCollected collected ->
                    new PipelineEvent.BatchCollected(collected.batchId());
            case RunEvent.Progress progress ->
                    new PipelineEvent.Progress(
                            progress.settled(),
                            progress.total(),
                            progress.costMicros(),
                            progress.elapsed());
            case RunEvent.BudgetReached reached ->
                    new PipelineEvent.BudgetReached(
                            reached.spentMicros(), reached.budgetMicros(), reached.unsent());
            case RunEvent.FileWritten(var file, var rows) ->
                    new PipelineEvent.Written(file.toString(), rows);
            case RunEvent.AnswersDelivered(var place, var rows) ->
                    new PipelineEvent.Written(place, rows);
            case RunEvent.Finished(var summary) -> new PipelineEvent.Finished(summary(summary));
            case RunEvent.BatchSought sought ->
                    new PipelineEvent.Delayed(
                            "no answer said whether the endpoint took batch "
                                    + sought.number()
                                    + ": it is looked for before it is sent again");
            case RunEvent.SubmissionFailed failed -> new PipelineEvent.Delayed(failed.reason());
            case RunEvent.BatchGone gone ->
                    new PipelineEvent.Delayed(
                            "batch "
                                    + gone.batchId()
                                    + " no longer exists at the endpoint: its requests are to be sent again");
            case RunEvent.ResultsAwaited awaited ->
                    new PipelineEvent.Delayed(
                            "%d results of batch %s are missing: they are fetched again"
                                    .formatted(awaited.missing(), awaited.batchId()));
            case RunEvent.Retrying(var reason) -> new PipelineEvent.Delayed(reason);
            case RunEvent.EndpointSilent(var reason) -> new PipelineEvent.Delayed(reason);
            case RunEvent.Waiting(var reasons) ->
                    new PipelineEvent.Delayed(String.join("; ", reasons));
            case RunEvent.ResultsPassedOver passed ->
                    new PipelineEvent.Noted(
                            "%d lines among the results of batch %d are of none of its requests"
                                    .formatted(passed.lines(), passed.number()));
            case RunEvent.PilotJudged(var pilot) ->
                    new PipelineEvent.Noted(
                            "of the %d requests of the pilot %d failed, and %d may: %s"
                                    .formatted(
                                            pilot.requests(),
                                            pilot.failed(),
                                            pilot.allowed(),
                                            pilot.hasPassed()
                                                    ? "the rest is sent"
                                                    : "the rest is not sent"));
            case RunEvent.BatchIntended _, RunEvent.ResultsKept _ -> null;
        };
    }
}
