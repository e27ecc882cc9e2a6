package dev.nightmail.core.schedule;

/**
 * How one upstream may be used.
 *
 * @param callsInFlightMax most calls of batches at once
 * @param cachesUnasked whether it keeps prompts in a cache without being asked with {@code
 *     cache_control}, as servers of open models do
 * @param marksShared whether it is asked to keep what all requests of a batch begin with, and none
 *     marks
 */
public record UpstreamTerms(int callsInFlightMax, boolean cachesUnasked, boolean marksShared) {

    public UpstreamTerms {
        if (callsInFlightMax < 1) {
            throw new IllegalArgumentException("an upstream is called at least once at a time");
        }
    }

    /** The same of one that keeps prompts unasked. */
    public UpstreamTerms cachingUnasked() {
        return new UpstreamTerms(callsInFlightMax, true, false);
    }

    /** The same of one that is asked to keep what a batch shares. */
    public UpstreamTerms markingShared() {
        return new UpstreamTerms(callsInFlightMax, cachesUnasked, true);
    }

    /** Nothing is known but this. */
    public static UpstreamTerms calls(int callsInFlightMax) {
        return new UpstreamTerms(callsInFlightMax, false, false);
    }
}
