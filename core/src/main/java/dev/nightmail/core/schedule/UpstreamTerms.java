package dev.nightmail.core.schedule;

/**
 * How one upstream may be used.
 *
 * @param callsInFlightMax most calls of batches at once
 * @param cachesUnasked whether it keeps prompts in a cache without being asked with {@code
 *     cache_control}, as servers of open models do
 */
public record UpstreamTerms(int callsInFlightMax, boolean cachesUnasked) {

    public UpstreamTerms {
        if (callsInFlightMax < 1) {
            throw new IllegalArgumentException("an upstream is called at least once at a time");
        }
    }

    /** Nothing is known but this. */
    public static UpstreamTerms calls(int callsInFlightMax) {
        return new UpstreamTerms(callsInFlightMax, false);
    }
}
