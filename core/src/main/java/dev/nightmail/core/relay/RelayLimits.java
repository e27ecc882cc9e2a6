package dev.nightmail.core.relay;

import java.time.Duration;

/**
 * What one provider takes.
 *
 * @param requestsMax in one relay
 * @param bytesMax of one relay's body. A request that is longer by itself goes alone
 * @param relaysMax at the provider at once
 * @param queuedMax requests at the provider at once, in all relays
 * @param linger how long requests wait for others to travel with; a full relay goes at once
 */
public record RelayLimits(
        int requestsMax, long bytesMax, int relaysMax, int queuedMax, Duration linger) {

    public RelayLimits {
        if (requestsMax < 1 || bytesMax < 1 || relaysMax < 1 || queuedMax < 1) {
            throw new IllegalArgumentException("the limits of relays are at least 1");
        }
        if (linger.isNegative()) {
            throw new IllegalArgumentException("nobody lingers for less than nothing");
        }
    }
}
