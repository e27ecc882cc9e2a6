package dev.nightmail.core.schedule;

import dev.nightmail.core.upstream.Headroom.Limit;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an upstream stands at one moment: what people ask when a batch takes longer than they
 * thought.
 *
 * @param pausedUntil until when, by the wall clock, no batch calls it; null if it is not paused
 * @param quotas the rate limits it tells of; empty if it tells of none
 * @param callsPerSecondFound the rate limit that was found where it tells of none; null as long as
 *     it has refused nothing
 * @param batchesWaiting that have requests to be sent there
 * @param relays what it has been given of ours in batches of its own; null if it is called
 * @param lastProblem whatever has become of it since; null if there was none
 */
public record UpstreamState(
        String name,
        Condition condition,
        @Nullable Instant pausedUntil,
        Places places,
        List<Quota> quotas,
        @Nullable Double callsPerSecondFound,
        int batchesWaiting,
        Calls calls,
        @Nullable Relays relays,
        @Nullable Problem lastProblem) {

    public UpstreamState {
        quotas = List.copyOf(quotas);
    }

    /** In one word, the worst that can be said. */
    public enum Condition {
        /** Calls go as fast as there are any. */
        HEALTHY,
        /** It answers, and takes no more than it gets: calls wait for its limits. */
        SLOWED,
        /** It asked to be left alone for a while. */
        PAUSED,
        /** Too many requests fail; a few calls find out when that is over. */
        UNHEALTHY,
        /** No connection can be made; one call at a time finds out when it is back. */
        UNREACHABLE,
        /** It refuses to serve this server, whatever is asked: a person has to mend that. */
        UNAUTHORIZED;

        /** Whether calls may be expected to get an answer. */
        public boolean answers() {
            return switch (this) {
                case HEALTHY, SLOWED -> true;
                case PAUSED, UNHEALTHY, UNREACHABLE, UNAUTHORIZED -> false;
            };
        }
    }

    /**
     * Calls at the same time.
     *
     * @param inFlight of batches, now
     * @param limit most of them for now
     * @param max most of them in any case, as configured
     * @param interactive interactive calls that are in flight besides
     */
    public record Places(int inFlight, int limit, int max, int interactive) {}

    /**
     * A rate limit that the upstream tells of.
     *
     * @param most that is allowed in a period
     * @param left of it, by its word and our own count since
     * @param perSecond at which it fills up again
     */
    public record Quota(Limit limit, long most, long left, double perSecond) {}

    /**
     * How calls went since the start, those of batches and interactive ones.
     *
     * @param answered refusals of the request included
     * @param throttled refused for want of room (429, 529)
     * @param failed without an answer, or with an error of the upstream's own
     * @param answeredPerSecond over the last seconds
     */
    public record Calls(long answered, long throttled, long failed, double answeredPerSecond) {}

    /**
     * An upstream's own batches, in which it is given requests of ours.
     *
     * @param out that it has now
     * @param max of them in any case, as configured
     * @param requests in those that it has
     * @param requestsMax of them in any case, as configured
     * @param requestsWaiting to be put into the next ones
     * @param held whether there are no next ones until a person resumes the upstream
     */
    public record Relays(
            int out, int max, int requests, int requestsMax, int requestsWaiting, boolean held) {}

    /**
     * @param reason in words; no credential, but perhaps configuration and addresses, which are not
     *     for clients
     */
    public record Problem(String reason, Instant at) {}
}
