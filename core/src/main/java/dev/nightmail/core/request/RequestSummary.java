package dev.nightmail.core.request;

import java.util.List;

/**
 * What scheduling needs to know of a request without reading it.
 *
 * @param model as the request names it; empty if it names none, which is an error of that request
 *     only
 * @param inputTokensEstimate a rough estimate, for fairness and order; never for billing
 * @param outputTokensMax the request's {@code max_tokens}, 0 if it has none
 * @param breakpoints where its prompt may be cached, from the shortest prefix on
 */
public record RequestSummary(
        String model, int inputTokensEstimate, int outputTokensMax, List<Breakpoint> breakpoints) {

    /** A request of which nothing can be cached. */
    public RequestSummary(String model, int inputTokensEstimate, int outputTokensMax) {
        this(model, inputTokensEstimate, outputTokensMax, List.of());
    }

    public RequestSummary {
        if (inputTokensEstimate < 0 || outputTokensMax < 0) {
            throw new IllegalArgumentException("token counts are not negative");
        }
        breakpoints = List.copyOf(breakpoints);
        if (breakpoints.size() > Breakpoint.PER_REQUEST_MAX) {
            throw new IllegalArgumentException(
                    "a request has at most %d breakpoints".formatted(Breakpoint.PER_REQUEST_MAX));
        }
    }
}
