package dev.nightmail.upstream.anthropic;

import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import dev.nightmail.core.upstream.BatchUpstream.Creation;
import dev.nightmail.core.upstream.BatchUpstream.Seen;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.wire.batch.BatchSeen;
import dev.nightmail.wire.batch.CreateOutcome;
import dev.nightmail.wire.error.ErrorMeaning;
import dev.nightmail.wire.json.CreateReading;
import java.util.Set;

/**
 * What the answer to a create means for the relay that was sent. What it proves is judged by {@link
 * CreateReading}, for every client alike.
 */
final class CreateAnswers {

    private final String upstream;
    private final Answers answers;

    CreateAnswers(String upstream, Answers answers) {
        this.upstream = upstream;
        this.answers = answers;
    }

    Creation creation(int status, HttpHeaders headers, byte[] answer, RelayTerms terms) {
        return switch (CreateReading.answered(status, headers::first, answer)) {
            case CreateOutcome.Made(var batch) -> new Creation.Created(seen(batch));
            case CreateOutcome.TurnedAway(var meaning) ->
                    new Creation.NotNow(notNow(answers.refused(meaning, headers, answer)));
            case CreateOutcome.Refused(var meaning, var positions) ->
                    refused(status, answers.ofRequest(meaning, headers, answer), positions, terms);
            case CreateOutcome.Unproven(ErrorMeaning.Ours ours) ->
                    new Creation.Unconfirmed(answers.reason(ours, headers));
            case CreateOutcome.InDoubt doubt -> new Creation.Unconfirmed(doubt.reason());
        };
    }

    static Seen seen(BatchSeen batch) {
        return new Seen(
                batch.id(), batch.createdAt(), batch.ended(), batch.requests(), batch.archived());
    }

    /** A service that has no room for a batch is busy, in whatever way it says so. */
    private static AttemptOutcome notNow(AttemptOutcome outcome) {
        return switch (outcome) {
            case Failed(var _, var retryAfter, var error, var _) ->
                    new Throttled(retryAfter, error, Headroom.UNTOLD);
            case Answered _, Refused _, Throttled _, Barred _, Unreachable _ -> outcome;
        };
    }

    private Creation refused(
            int status, Refused outcome, Set<Integer> positions, RelayTerms terms) {
        return isDenied(status, terms)
                ? new Creation.NotNow(
                        new Barred(
                                "status %d to a create of a batch: look at upstreams.%s.url and .api-key"
                                        .formatted(status, upstream),
                                outcome.error()))
                : new Creation.Refused(outcome, positions);
    }

    /** Whether it is we who may not, or who ask in the wrong place: no request can help that. */
    private static boolean isDenied(int status, RelayTerms terms) {
        boolean ofAClient = !terms.betas().isEmpty() || terms.userProfileId() != null;
        return (status == 403 || status == 404) && !ofAClient;
    }
}
