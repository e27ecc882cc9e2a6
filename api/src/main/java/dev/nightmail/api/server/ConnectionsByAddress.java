package dev.nightmail.api.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the connections of an address beyond its share, so that one client cannot hold all there
 * are. They are closed rather than left to wait: who waits holds a place, too.
 */
final class ConnectionsByAddress implements Connection.Listener {

    private static final Logger log = LoggerFactory.getLogger(ConnectionsByAddress.class);
    private static final long LOG_EVERY_MILLIS = 60_000;

    private final int connectionsMax;
    private final InstantSource clock;
    private final Map<Connection, InetAddress> counted = new ConcurrentHashMap<>();
    private final Map<InetAddress, Integer> open = new ConcurrentHashMap<>();
    private final AtomicLong loggedMillis = new AtomicLong(Long.MIN_VALUE / 2);

    ConnectionsByAddress(int connectionsMax, InstantSource clock) {
        this.connectionsMax = connectionsMax;
        this.clock = clock;
    }

    @Override
    public void onOpened(Connection connection) {
        var address = address(connection.getEndPoint());
        if (address == null) {
            return;
        }
        if (count(address)) {
            counted.put(connection, address);
        } else {
            log(address);
            connection.getEndPoint().close();
        }
    }

    private boolean count(InetAddress address) {
        var allowed = new AtomicBoolean();
        open.compute(
                address,
                (_, count) -> {
                    int before = count == null ? 0 : count;
                    allowed.setPlain(before < connectionsMax);
                    return allowed.getPlain() ? Integer.valueOf(before + 1) : count;
                });
        return allowed.getPlain();
    }

    @Override
    public void onClosed(Connection connection) {
        var address = counted.remove(connection);
        if (address != null) {
            open.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    private static @Nullable InetAddress address(EndPoint endPoint) {
        return endPoint.getRemoteSocketAddress() instanceof InetSocketAddress remote
                ? remote.getAddress()
                : null;
    }

    /** Now and then, since whoever opens too many opens more. */
    private void log(InetAddress address) {
        long now = clock.millis();
        long logged = loggedMillis.get();
        if (now - logged > LOG_EVERY_MILLIS && loggedMillis.compareAndSet(logged, now)) {
            log.warn(
                    "event=too_many_connections address={} connections_max={}",
                    address.getHostAddress(),
                    connectionsMax);
        }
    }
}
