package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.answer.AnswerCheck;
import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.answer.Message;
import dev.nightmail.pipeline.answer.Outcome;
import dev.nightmail.pipeline.answer.Reask;
import dev.nightmail.pipeline.answer.Verdict;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.decide.RetryPolicy;
import dev.nightmail.pipeline.decide.RetryPolicy.Next;
import dev.nightmail.pipeline.state.Settling;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Brings results into the state: what a result is, is decided before ({@link #treatment}), and what
 * becomes of its record by {@link RetryPolicy}.
 */
final class ResultApplier {

    private final PriceList prices;
    private final AnswerCheck check;
    private final RetryPolicy policy;
    private final InstantSource clock;

    ResultApplier(PriceList prices, AnswerCheck check, RetryPolicy policy, InstantSource clock) {
        this.prices = prices;
        this.clock = clock;
        this.check = check;
        this.policy = policy;
    }

    /** What is to be done with a result. */
    sealed interface Treatment {

        record Accept(Message message, String answer) implements Treatment {}

        /**
         * @param message null if nothing was answered
         * @param rejected null unless what was answered cannot be used
         */
        record Failed(
                FailureKind kind,
                String reason,
                @Nullable Message message,
                Verdict.@Nullable Rejected rejected)
                implements Treatment {}

        record Cancel() implements Treatment {}
    }

    /** Checks an answer; needs no state, so it may be done beside other things. */
    Treatment treatment(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Succeeded(var message) ->
                    switch (check.check(message)) {
                        case Verdict.Accepted(var answer) -> new Treatment.Accept(message, answer);
                        case Verdict.Rejected rejected ->
                                new Treatment.Failed(
                                        rejected.kind(), rejected.reason(), message, rejected);
                    };
            case Outcome.Errored(var kind, var type, var message) ->
                    new Treatment.Failed(kind, type + ": " + message, null, null);
            case Outcome.Expired _ ->
                    new Treatment.Failed(
                            FailureKind.EXPIRED,
                            "the batch ran out of time before this request was sent",
                            null,
                            null);
            case Outcome.Canceled _ -> new Treatment.Cancel();
        };
    }

    /** Gives a member its result; part of a transaction. */
    void apply(Settling settling, int ordinal, Treatment treatment) {
        switch (treatment) {
            case Treatment.Accept(var message, var answer) -> {
                charge(settling, message);
                settling.accept(
                        ordinal,
                        answer,
                        message.model(),
                        message.stopReason(),
                        message.usage(),
                        settling.history(ordinal).total() + 1,
                        costPicos(settling, message),
                        clock.instant());
            }
            case Treatment.Failed failed -> fail(settling, ordinal, failed);
            case Treatment.Cancel() -> settling.cancel(ordinal);
        }
    }

    private void charge(Settling settling, Message message) {
        var step =
                prices.of(settling.batch().model())
                        .map(price -> price.stepOf(message.usage().promptTokens()))
                        .orElse(0);
        settling.charge(step, message.usage());
    }

    /** What was charged for one answer; null if no price is known. */
    private @Nullable Long costPicos(Settling settling, Message message) {
        var billing = settling.billing();
        if (!billing.charges()) {
            return 0L;
        }
        var usage = message.usage();
        return prices.of(settling.batch().model())
                .map(price ->
                        billing.prices(price, price.stepOf(usage.promptTokens())).costPicos(usage))
                .orElse(null);
    }

    private void fail(Settling settling, int ordinal, Treatment.Failed failed) {
        var message = failed.message();
        if (message != null) {
            charge(settling, message);
        }
        var rejected = failed.rejected();
        var answer = rejected == null ? null : rejected.text();
        var history = settling.history(ordinal);
        switch (policy.after(history.failures(), failed.kind())) {
            case Next.AskAgain() ->
                    settling.askAgain(ordinal, history.with(failed.kind().wireName()));
            case Next.AskOtherwise() -> {
                var asked = settling.asked(ordinal);
                if (rejected == null || asked.isEmpty()) {
                    settling.fail(ordinal, failed.kind(), failed.reason(), answer);
                } else {
                    settling.askAgain(
                            ordinal,
                            history.with(failed.kind().wireName()),
                            Reask.params(asked.get(), rejected));
                }
            }
            case Next.SetAside() -> settling.fail(ordinal, failed.kind(), failed.reason(), answer);
        }
    }
}
