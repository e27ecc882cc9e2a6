package dev.nightmail.upstream.http;

import org.eclipse.jetty.client.AbstractConnectionPool;
import org.eclipse.jetty.client.Destination;

/** The connections to one server, each for one exchange at a time. */
final class IdleFirstConnections extends AbstractConnectionPool {

    IdleFirstConnections(Destination destination, int connectionsMax) {
        super(destination, () -> new IdleFirstPool<>(connectionsMax), 1);
    }
}
