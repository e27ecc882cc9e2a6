package dev.nightmail.upstream.anthropic;

import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.BatchUpstream.Creation;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.wire.BatchReading;
import dev.nightmail.upstream.wire.ErrorBody;
import java.util.Optional;
import java.util.Set;

/**
 * What the answer to a create proves. Three things can be known: a batch was made, since its
 * description came; none was made, since the service said so in its own words; or the body was too
 * large for whoever stands in between, so that it reached nobody (413). Everything else may have
 * come after the batch was there, whatever the status: the page of a proxy, a redirect, a fault.
 */
final class CreateAnswers {

    private static final int TOO_LARGE = 413;

    private final String upstream;
    private final Answers answers;

    CreateAnswers(String upstream, Answers answers) {
        this.upstream = upstream;
        this.answers = answers;
    }

    Creation creation(int status, HttpHeaders headers, byte[] answer, RelayTerms terms) {
        if (Answers.isGood(status)) {
            return BatchReading.batch(answer)
                    .<Creation>map(Creation.Created::new)
                    .orElseGet(() -> new Creation.Unconfirmed("status " + status + ", no batch"));
        }
        var said = status >= 400 ? ErrorBody.read(answer) : Optional.<ErrorBody.Read>empty();
        var outcome = answers.answered(status, headers, answer);
        if (said.isPresent()) {
            return refused(status, outcome, said.get().message(), terms);
        }
        return status == TOO_LARGE && outcome instanceof Refused refused
                ? new Creation.Refused(refused, Set.of())
                : unconfirmed(status, outcome);
    }

    private Creation refused(int status, AttemptOutcome outcome, String message, RelayTerms terms) {
        boolean hasNoRoom = status == 429 || status == 529 || status == 503;
        return switch (outcome) {
            case Barred barred -> new Creation.NotNow(barred);
            case Throttled throttled -> new Creation.NotNow(throttled);
            case Failed(var _, var retryAfter, var error, var _) when hasNoRoom ->
                    new Creation.NotNow(new Throttled(retryAfter, error, Headroom.UNTOLD));
            case Refused(var error, var _, var _) when isDenied(status, terms) ->
                    new Creation.NotNow(
                            new Barred(
                                    "status %d to a create of a batch: look at upstreams.%s.url and .api-key"
                                            .formatted(status, upstream),
                                    error));
            case Refused refused when status < 500 ->
                    new Creation.Refused(refused, FaultyRequests.in(message));
            case AttemptOutcome.Answered _, Refused _, Failed _, AttemptOutcome.Unreachable _ ->
                    unconfirmed(status, outcome);
        };
    }

    /** Whether it is we who may not, or who ask in the wrong place: no request can help that. */
    private static boolean isDenied(int status, RelayTerms terms) {
        boolean ofAClient = !terms.betas().isEmpty() || terms.userProfileId() != null;
        return (status == 403 || status == 404) && !ofAClient;
    }

    private static Creation unconfirmed(int status, AttemptOutcome outcome) {
        return new Creation.Unconfirmed(
                outcome instanceof Barred(var reason, var _) ? reason : "status " + status);
    }
}
