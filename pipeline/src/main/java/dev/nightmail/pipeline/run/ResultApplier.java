package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.answer.AnswerCheck;
import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.answer.Message;
import dev.nightmail.pipeline.answer.Outcome;
import dev.nightmail.pipeline.answer.Reask;
import dev.nightmail.pipeline.answer.Verdict;
import dev.nightmail.pipeline.cost.ModelPrice;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.definition.OutputDefinition;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.state.BatchTable;
import dev.nightmail.pipeline.state.BatchTable.Attempt;
import dev.nightmail.pipeline.state.Retry;

/**
 * Brings results into the state: four types, four treatments. An answer is checked and kept; an
 * error that may pass and an expiry send the record into a later batch; a canceled request waits
 * for the next run; anything else sets the record aside with its reason.
 */
final class ResultApplier {

    private final PipelineDefinition pipeline;
    private final PriceList prices;
    private final AnswerCheck check;
    private final BatchTable batches;

    ResultApplier(
            PipelineDefinition pipeline, PriceList prices, AnswerCheck check, BatchTable batches) {
        this.pipeline = pipeline;
        this.prices = prices;
        this.check = check;
        this.batches = batches;
    }

    /** A batch that has ended has no result for this request, and none came for a while. */
    void applyMissing(Attempt attempt, String reason) {
        batches.fail(attempt, FailureKind.NO_RESULT, reason, null);
    }

    /** Applies the one result of a request. */
    void apply(Attempt attempt, Outcome outcome) {
        switch (outcome) {
            case Outcome.Succeeded(var message) -> applyMessage(attempt, message);
            case Outcome.Errored errored -> applyError(attempt, errored);
            case Outcome.Expired _ ->
                    batches.retry(
                            attempt,
                            Retry.AFTER_EXPIRY,
                            pipeline.retry().expiredMax(),
                            FailureKind.EXPIRED,
                            "the batch ran out of time before this request was sent");
            case Outcome.Canceled _ -> batches.cancel(attempt);
        }
    }

    private void applyError(Attempt attempt, Outcome.Errored errored) {
        var message = errored.type() + ": " + errored.message();
        switch (errored.kind()) {
            case TRANSIENT_ERROR ->
                    batches.retry(
                            attempt,
                            Retry.AFTER_TRANSIENT_ERROR,
                            pipeline.retry().transientMax(),
                            FailureKind.TRANSIENT_ERROR,
                            message);
            default -> batches.fail(attempt, errored.kind(), message, null);
        }
    }

    private void applyMessage(Attempt attempt, Message message) {
        var step =
                prices.of(attempt.batch().model()).map(price -> stepOf(price, message)).orElse(0);
        batches.charge(attempt, step, message.usage());
        switch (check.check(message)) {
            case Verdict.Accepted(var answer) -> batches.accept(attempt, answer, message.model());
            case Verdict.Rejected rejected -> reject(attempt, rejected);
        }
    }

    private static int stepOf(ModelPrice price, Message message) {
        return price.stepOf(message.usage().promptTokens());
    }

    private void reject(Attempt attempt, Verdict.Rejected rejected) {
        var reaskMax = pipeline.outputIfAny().map(OutputDefinition::reaskMax).orElse(0);
        if (rejected.kind() != FailureKind.INVALID_ANSWER || reaskMax == 0) {
            batches.fail(attempt, rejected.kind(), rejected.reason(), rejected.text());
            return;
        }
        var params = Reask.params(batches.params(attempt), rejected);
        batches.reask(
                attempt, params, reaskMax, rejected.kind(), rejected.reason(), rejected.text());
    }
}
