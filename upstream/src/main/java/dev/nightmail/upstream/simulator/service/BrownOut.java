package dev.nightmail.upstream.simulator.service;

import dev.nightmail.core.error.ErrorType;
import java.time.Duration;

/**
 * A bad time.
 *
 * @param from after the start of the service
 * @param until the same; no longer part of it
 * @param failing share of the requests that fail, chosen by the seed, anew at each try
 * @param error how they fail: {@code api_error}, {@code timeout_error} or {@code overloaded_error}
 * @param slowdown how many times as long the others take
 */
public record BrownOut(
        Duration from, Duration until, double failing, ErrorType error, double slowdown) {

    public BrownOut {
        if (from.isNegative() || until.compareTo(from) <= 0) {
            throw new IllegalArgumentException(
                    "a brown-out from %s until %s has no length".formatted(from, until));
        }
        if (!(failing >= 0 && failing <= 1)) {
            throw new IllegalArgumentException(
                    "a failing share of " + failing + " must be between 0 and 1");
        }
        if (!(slowdown >= 1 && slowdown <= 1000)) {
            throw new IllegalArgumentException(
                    "a slowdown of " + slowdown + " must be between 1 and 1000");
        }
    }

    public static BrownOut failing(Duration from, Duration until, double share, ErrorType error) {
        return new BrownOut(from, until, share, error, 1);
    }

    public static BrownOut slow(Duration from, Duration until, double slowdown) {
        return new BrownOut(from, until, 0, ErrorType.API_ERROR, slowdown);
    }
}
