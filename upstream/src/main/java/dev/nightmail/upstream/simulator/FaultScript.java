package dev.nightmail.upstream.simulator;

import java.util.Arrays;
import java.util.List;

/**
 * The faults a simulator is to have. Rules are tried in order; the first that strikes counts.
 *
 * <p>A single request orders its own by a text anywhere in it (its prompt, say, or {@code
 * metadata.user_id}): {@code nightmail-simulate:error=overloaded;times=2}. That rule comes before
 * those of the script.
 *
 * @param rules in the order in which they are tried
 */
public record FaultScript(List<FaultRule> rules) {

    public static final FaultScript NONE = new FaultScript(List.of());

    public FaultScript {
        rules = List.copyOf(rules);
    }

    /**
     * Reads rules that are separated by spaces, each of the form {@code key=value;key=value}:
     *
     * <ul>
     *   <li>{@code error=} one of {@code rate_limit, overloaded, api, timeout, invalid_request,
     *       authentication, billing, permission, not_found, cut, unreachable, garbage}
     *   <li>{@code delay=250ms} before the answer, right or wrong
     *   <li>{@code retry-after=2s} what the refusal asks for
     *   <li>{@code times=2} only the first two attempts of a request
     *   <li>{@code every=50} only every fiftieth call of all
     *   <li>{@code probability=0.02} two attempts in a hundred, chosen by the seed
     * </ul>
     *
     * @throws IllegalArgumentException saying which rule is wrong, and what may stand there
     */
    public static FaultScript parse(String text) {
        return new FaultScript(
                Arrays.stream(text.strip().split("\\s+"))
                        .filter(rule -> !rule.isEmpty())
                        .map(FaultRule::parse)
                        .toList());
    }
}
