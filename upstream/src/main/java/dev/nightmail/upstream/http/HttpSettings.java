package dev.nightmail.upstream.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How exchanges are made.
 *
 * @param connectTimeout for the TCP connection
 * @param responseTimeout from the sending of a request until the first byte of its answer
 * @param idleTimeout between two pieces of one answer
 * @param keepAlive how long an unused connection is kept
 * @param connectionsMax to one origin; more calls than that wait, none is turned away
 * @param proxy null for none
 */
public record HttpSettings(
        Duration connectTimeout,
        Duration responseTimeout,
        Duration idleTimeout,
        Duration keepAlive,
        int connectionsMax,
        @Nullable ProxySettings proxy) {

    /** Ten minutes until an answer begins, as the official SDKs wait by default. */
    public static final HttpSettings DEFAULT =
            new HttpSettings(
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(30),
                    4096,
                    null);

    public HttpSettings {
        requirePositive("connect-timeout", connectTimeout);
        requirePositive("response-timeout", responseTimeout);
        requirePositive("idle-timeout", idleTimeout);
        requirePositive("keep-alive", keepAlive);
        if (connectionsMax < 1) {
            throw new IllegalArgumentException(
                    "connections-max must be at least 1, but is " + connectionsMax);
        }
    }

    private static void requirePositive(String key, Duration value) {
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException(key + " must be at least 1ms, but is " + value);
        }
    }

    public HttpSettings withProxy(ProxySettings proxy) {
        return new HttpSettings(
                connectTimeout, responseTimeout, idleTimeout, keepAlive, connectionsMax, proxy);
    }

    public HttpSettings withConnectionsMax(int connectionsMax) {
        return new HttpSettings(
                connectTimeout, responseTimeout, idleTimeout, keepAlive, connectionsMax, proxy);
    }

    public HttpSettings withTimeouts(Duration connect, Duration response, Duration idle) {
        return new HttpSettings(connect, response, idle, keepAlive, connectionsMax, proxy);
    }
}
