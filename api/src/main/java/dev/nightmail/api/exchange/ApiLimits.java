package dev.nightmail.api.exchange;

import java.time.Duration;

/**
 * What the HTTP surface lets a client use up.
 *
 * @param connectionsMax open at once; more wait to be accepted
 * @param connectionsPerAddressMax open at once from one address; more are closed
 * @param headerBytesMax of a call's request line and headers
 * @param headTimeout within which they have to be there, from the first byte to the last
 * @param idleTimeout how long a connection may be silent while we wait for the client's bytes
 * @param stallTimeout how long a client may take no byte of an answer, and an upstream give none
 * @param forwardTimeout for a whole interactive exchange
 * @param bodyGrace how long a body may come at any rate
 * @param bodyBytesPerSecondMin the average rate it has to keep after that
 * @param bodyTimeout for a whole body, whatever its rate
 * @param messageBodyBytesMax of an interactive call's body, after decoding
 * @param paramsBytesMax of the params of one request in a batch
 * @param drainBytesMax of a body nobody wants any more, read so that the client sees our answer
 * @param drainTimeout the same, as time
 * @param stopTimeout for calls under way when the server is stopped
 */
public record ApiLimits(
        int connectionsMax,
        int connectionsPerAddressMax,
        int headerBytesMax,
        Duration headTimeout,
        Duration idleTimeout,
        Duration stallTimeout,
        Duration forwardTimeout,
        Duration bodyGrace,
        long bodyBytesPerSecondMin,
        Duration bodyTimeout,
        int messageBodyBytesMax,
        int paramsBytesMax,
        long drainBytesMax,
        Duration drainTimeout,
        Duration stopTimeout) {

    /**
     * 32 MiB for one request is the published limit of the Messages API. A client that handles
     * results row by row may pause its download for minutes, hence the long stall timeout.
     */
    public static final ApiLimits DEFAULT =
            new ApiLimits(
                    10_000,
                    5_000,
                    32 * 1024,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(15),
                    Duration.ofMinutes(60),
                    Duration.ofSeconds(30),
                    1_024,
                    Duration.ofMinutes(60),
                    32 * 1024 * 1024,
                    32 * 1024 * 1024,
                    1024L * 1024 * 1024,
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(30));

    /** The same for a server that is to stop within another time. */
    public ApiLimits stoppingWithin(Duration otherStopTimeout) {
        return new ApiLimits(
                connectionsMax,
                connectionsPerAddressMax,
                headerBytesMax,
                headTimeout,
                idleTimeout,
                stallTimeout,
                forwardTimeout,
                bodyGrace,
                bodyBytesPerSecondMin,
                bodyTimeout,
                messageBodyBytesMax,
                paramsBytesMax,
                drainBytesMax,
                drainTimeout,
                otherStopTimeout);
    }

    /** The same for another number of connections. */
    public ApiLimits withConnections(int otherMax, int otherPerAddressMax) {
        return new ApiLimits(
                otherMax,
                otherPerAddressMax,
                headerBytesMax,
                headTimeout,
                idleTimeout,
                stallTimeout,
                forwardTimeout,
                bodyGrace,
                bodyBytesPerSecondMin,
                bodyTimeout,
                messageBodyBytesMax,
                paramsBytesMax,
                drainBytesMax,
                drainTimeout,
                stopTimeout);
    }
}
