package dev.nightmail.core.request;

/**
 * What scheduling needs to know of a request without reading it.
 *
 * @param model as the request names it; empty if it names none, which is an error of that request
 *     only
 * @param inputTokensEstimate a rough estimate, for fairness and order; never for billing
 * @param outputTokensMax the request's {@code max_tokens}, 0 if it has none
 */
public record RequestSummary(String model, int inputTokensEstimate, int outputTokensMax) {

    public RequestSummary {
        if (inputTokensEstimate < 0 || outputTokensMax < 0) {
            throw new IllegalArgumentException("token counts are not negative");
        }
    }
}
