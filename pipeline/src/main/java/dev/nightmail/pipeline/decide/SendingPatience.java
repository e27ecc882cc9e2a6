package dev.nightmail.pipeline.decide;

import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.UnreachableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bears submissions that fail for reasons that may pass: the next one waits longer and longer while
 * the batches under way are followed. With nothing under way it ends: after {@link
 * RunTerms#failedCreatesMax} failures in a row when the endpoint fails at what it is asked, after
 * {@link RunTerms#patience} when it is away or takes nothing for now.
 */
final class SendingPatience {

    private static final int INSUFFICIENT_STORAGE = 507;
    private static final Duration PAUSE_MIN = Duration.ofSeconds(5);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(5);

    private final RunTerms terms;
    private Duration pause = PAUSE_MIN;
    private int failures;
    private @Nullable Instant failingSince;
    private Instant nextTryAt = Instant.MIN;

    SendingPatience(RunTerms terms) {
        this.terms = terms;
    }

    /** Not before then is there another try. */
    Instant nextTryAt() {
        return nextTryAt;
    }

    int failures() {
        return failures;
    }

    void succeeded() {
        failures = 0;
        failingSince = null;
        pause = PAUSE_MIN;
        nextTryAt = Instant.MIN;
    }

    /**
     * Notes a failure.
     *
     * @param looksFirst whether the batch is looked for before it is sent again
     * @param othersUnderWay whether batches are under way: what they free may be what is missing
     * @return why the run ends; empty if there is another try
     */
    Optional<RuntimeException> bear(
            EndpointException failure, boolean looksFirst, boolean othersUnderWay, Instant now) {
        if (!mayPass(failure)) {
            return Optional.of(failure);
        }
        failures++;
        var since = failingSince == null ? now : failingSince;
        failingSince = since;
        if (!othersUnderWay && isEnough(failure, Duration.between(since, now))) {
            return Optional.of(new NothingSentException(failures, failure));
        }
        // The lost create may still be on its way: looked for too early it would not be found.
        var wait =
                looksFirst && pause.compareTo(terms.lookAgainAfter()) < 0
                        ? terms.lookAgainAfter()
                        : pause;
        nextTryAt = now.plus(wait);
        var longer = wait.multipliedBy(2);
        pause = longer.compareTo(PAUSE_MAX) < 0 ? longer : PAUSE_MAX;
        return Optional.empty();
    }

    private static boolean mayPass(EndpointException failure) {
        return switch (failure) {
            case AnswerLostException _, UnreachableException _ -> true;
            // A full disk is not worth the next seconds' tries, but may be cleared in minutes.
            case RefusedException refusal ->
                    refusal.mayPass() || refusal.status() == INSUFFICIENT_STORAGE;
            case BrokenAnswerException _ -> false;
        };
    }

    private boolean isEnough(EndpointException failure, Duration lasting) {
        return failure instanceof AnswerLostException
                ? failures >= terms.failedCreatesMax()
                : lasting.compareTo(terms.patience()) > 0;
    }
}
