package dev.nightmail.upstream.simulator;

import dev.nightmail.upstream.simulator.service.RuleText;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a fault strikes, and how. All conditions must hold. Made by {@link FaultScript#parse}.
 *
 * @param fault null if the call is only slow
 * @param delay before anything is answered
 * @param retryAfter what a refusal asks for
 * @param times strikes only the first so many attempts of a request; 0 strikes all
 * @param every strikes only every so-manieth call of all; 1 strikes all
 * @param probability with which it strikes an attempt, decided by the seed
 */
public record FaultRule(
        @Nullable Fault fault,
        Duration delay,
        @Nullable Duration retryAfter,
        int times,
        int every,
        double probability) {

    private static final Set<String> KEYS =
            new LinkedHashSet<>(
                    List.of("error", "delay", "retry-after", "times", "every", "probability"));

    public FaultRule {
        if (times < 0) {
            throw new IllegalArgumentException("times=" + times + " must not be negative");
        }
        if (every < 1) {
            throw new IllegalArgumentException("every=" + every + " must be at least 1");
        }
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(
                    "probability=" + probability + " must be between 0 and 1");
        }
    }

    /**
     * @param text such as {@code error=overloaded;times=2;retry-after=1s}
     */
    static FaultRule parse(String text) {
        var rule = RuleText.parse(text, KEYS);
        var word = rule.fields().get("error");
        var fault = word == null ? null : Fault.parse(word);
        var delay = rule.duration("delay", Duration.ZERO);
        if (fault == null && delay.isZero()) {
            throw new IllegalArgumentException(
                    "'%s' must have an error or a delay".formatted(text));
        }
        return new FaultRule(
                fault,
                delay,
                rule.fields().containsKey("retry-after")
                        ? rule.duration("retry-after", Duration.ZERO)
                        : null,
                rule.whole("times", 0),
                rule.whole("every", 1),
                rule.decimal("probability", 1));
    }
}
