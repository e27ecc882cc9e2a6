package dev.nightmail.upstream.anthropic;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.RelayedOutcome;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.wire.ErrorBody;
import dev.nightmail.upstream.wire.MessageReading;
import dev.nightmail.upstream.wire.ResultReading;
import dev.nightmail.upstream.wire.ResultReading.Read;
import java.util.Arrays;

/** What the results of a provider's batch mean for its requests. */
final class BatchResults {

    private final String upstream;
    private final Answers answers;

    BatchResults(String upstream, Answers answers) {
        this.upstream = upstream;
        this.answers = answers;
    }

    /**
     * Hands one line on. One that cannot be read is passed over: whose it is nobody can say, and
     * that it is missing will be noticed.
     *
     * @return whether more is wanted
     */
    boolean read(byte[] line, BatchUpstream.Receiver receiver) throws InterruptedException {
        var read = ResultReading.line(line);
        return read.isEmpty() || receiver.take(read.get().customId(), outcome(read.get()));
    }

    private RelayedOutcome outcome(Read result) {
        return switch (result) {
            case Read.Succeeded(var _, var message) -> new RelayedOutcome.Tried(answered(message));
            case Read.Errored(var _, var error) -> new RelayedOutcome.Tried(errored(error));
            case Read.Canceled _ -> new RelayedOutcome.Canceled();
            case Read.Expired _ -> new RelayedOutcome.Expired();
            case Read.Unknown _ -> new RelayedOutcome.Tried(badAnswer());
        };
    }

    /** Whatever tier it says: this is the batch's price. */
    private AttemptOutcome answered(byte[] message) {
        return MessageReading.forBatch(message)
                .<AttemptOutcome>map(read ->
                        new Answered(
                                read.line(),
                                read.usage(),
                                new Billing(upstream, ServiceTier.BATCH, read.inUsOnly()),
                                Headroom.UNTOLD))
                .orElseGet(this::badAnswer);
    }

    private AttemptOutcome badAnswer() {
        return new Failed("bad answer", null, answers.badAnswer(HttpHeaders.NONE));
    }

    /**
     * As the same error would mean in answer to a call; but that there was no room for it has cost
     * it hours, and counts as a try.
     */
    private AttemptOutcome errored(byte[] error) {
        var read = ErrorBody.read(error);
        if (read.isEmpty()) {
            return badAnswer();
        }
        int status =
                Arrays.stream(ErrorType.values())
                        .filter(type -> type.wireName().equals(read.get().type()))
                        .findFirst()
                        .orElse(ErrorType.API_ERROR)
                        .status();
        var outcome = answers.answered(status, HttpHeaders.NONE, error);
        return outcome instanceof Throttled throttled
                ? new Failed(read.get().type(), null, throttled.error())
                : outcome;
    }
}
