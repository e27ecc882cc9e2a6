package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.UnreachableException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Bears submissions that fail for reasons that may pass, and says so each time: the next one waits
 * longer and longer while the batches under way are followed. With nothing under way it ends: after
 * {@link RunLimits#failedCreatesMax} failures in a row when the endpoint fails at what it is asked,
 * after {@link RunLimits#patience} when it is away or takes nothing for now.
 */
final class SubmissionPatience {

    private static final int INSUFFICIENT_STORAGE = 507;
    private static final Duration PAUSE_MIN = Duration.ofSeconds(5);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(5);

    private final Endpoint endpoint;
    private final RunEnvironment environment;
    private final ProgressListener listener;
    private Duration pause = PAUSE_MIN;
    private int failures;
    private @Nullable Instant failingSince;
    private Instant nextTryAt = Instant.EPOCH;

    SubmissionPatience(Endpoint endpoint, RunEnvironment environment, ProgressListener listener) {
        this.endpoint = endpoint;
        this.environment = environment;
        this.listener = listener;
    }

    /** Whether it is too early for another try. */
    boolean waits() {
        return environment.clock().instant().isBefore(nextTryAt);
    }

    void succeeded() {
        failures = 0;
        failingSince = null;
        pause = PAUSE_MIN;
    }

    /**
     * Notes a failure.
     *
     * @param othersUnderWay whether batches are under way: what they free may be what is missing
     * @throws EndpointException the failure itself, if another try would end the same
     * @throws RunException if it has been tried enough
     */
    void bear(EndpointException failure, boolean othersUnderWay) {
        if (!mayPass(failure)) {
            throw failure;
        }
        failures++;
        var now = environment.clock().instant();
        var since = failingSince == null ? now : failingSince;
        failingSince = since;
        if (!othersUnderWay && isEnough(failure, Duration.between(since, now))) {
            throw new RunException(
                    "no batch could be submitted, tried "
                            + failures
                            + " times: "
                            + failure.getMessage()
                            + ": what was done is kept; run it again to go on",
                    failure);
        }
        var wait = wait(failure);
        nextTryAt = now.plus(wait);
        pause = shorter(wait.multipliedBy(2), PAUSE_MAX);
        listener.on(
                new RunEvent.SubmissionFailed(
                        failures, wait, String.valueOf(failure.getMessage())));
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
                ? failures >= environment.limits().failedCreatesMax()
                : lasting.compareTo(environment.limits().patience()) > 0;
    }

    private Duration wait(EndpointException failure) {
        var looksFirst =
                failure instanceof AnswerLostException && !endpoint.honoursIdempotencyKeys();
        var arrival = environment.limits().lookAgainAfter();
        // The lost create may still be on its way: looked for too early it would not be found.
        return looksFirst && pause.compareTo(arrival) < 0 ? arrival : pause;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
