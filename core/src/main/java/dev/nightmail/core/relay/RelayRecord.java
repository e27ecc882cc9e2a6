package dev.nightmail.core.relay;

import java.time.Instant;

/**
 * All that is durable of a relay: enough to find it at the provider, or to be sure that it is not
 * there, and to join what it brings.
 *
 * @param intendedAt just before it could be sent for the first time
 */
public record RelayRecord(Relay relay, Instant intendedAt, Sent sent, RelayState state) {

    /**
     * What is sent.
     *
     * @param requests how many
     * @param bytes of the body
     * @param sha256 of the body, lower-case hex
     */
    public record Sent(int requests, long bytes, String sha256) {}

    public RelayRecord in(RelayState next) {
        return new RelayRecord(relay, intendedAt, sent, next);
    }
}
