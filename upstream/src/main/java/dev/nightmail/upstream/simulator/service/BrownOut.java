package dev.nightmail.upstream.simulator.service;

import dev.nightmail.core.error.ErrorType;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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

    private static final Set<String> KEYS =
            new LinkedHashSet<>(List.of("from", "until", "failing", "error", "slow"));

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

    /**
     * Reads rules that are separated by spaces, such as {@code from=60s;until=2m;failing=0.3} and
     * {@code from=5m;until=6m;slow=4}: which share fails between which times after the start, with
     * {@code error=} {@code api} (as without it), {@code timeout} or {@code overloaded}, and how
     * many times as long the others take.
     *
     * @throws IllegalArgumentException saying which rule is wrong, and what may stand there
     */
    public static List<BrownOut> parse(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .filter(rule -> !rule.isEmpty())
                .map(BrownOut::parseRule)
                .toList();
    }

    private static BrownOut parseRule(String text) {
        var rule = RuleText.parse(text, KEYS);
        if (!rule.fields().containsKey("until")) {
            throw new IllegalArgumentException("'%s' must say until when".formatted(text));
        }
        double failing = rule.decimal("failing", 0);
        double slow = rule.decimal("slow", 1);
        if (failing == 0 && slow == 1) {
            throw new IllegalArgumentException(
                    "'%s' must say which share is failing, or how slow it is".formatted(text));
        }
        return new BrownOut(
                rule.duration("from", Duration.ZERO),
                rule.duration("until", Duration.ZERO),
                failing,
                error(rule.fields().getOrDefault("error", "api")),
                slow);
    }

    private static ErrorType error(String word) {
        return switch (word) {
            case "api" -> ErrorType.API_ERROR;
            case "timeout" -> ErrorType.TIMEOUT_ERROR;
            case "overloaded" -> ErrorType.OVERLOADED_ERROR;
            default ->
                    throw new IllegalArgumentException(
                            "error=%s is none of api, timeout, overloaded".formatted(word));
        };
    }
}
