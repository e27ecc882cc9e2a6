package dev.nightmail.api.server;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections on which the head of a call does not come to its end in time. An idle timeout
 * is no bound for that: a byte now and then keeps it away for ever.
 *
 * <p>On a new connection the time runs from the beginning, on one that was used before from the
 * first byte of the next call. One look a second at all connections costs less than a timer for
 * each call.
 */
final class HeadWatch extends AbstractLifeCycle implements Connection.Listener {

    private static final Logger log = LoggerFactory.getLogger(HeadWatch.class);
    private static final long ROUND_MILLIS = 1_000;
    private static final long NOT_WAITING = Long.MIN_VALUE;

    private final Duration timeout;
    private final Scheduler scheduler;
    private final InstantSource clock;
    private final Map<Connection, Head> heads = new ConcurrentHashMap<>();

    /** What is known of the head that is to come on a connection. */
    private static final class Head {
        private volatile boolean inCall;
        private volatile long since;
        private volatile long bytesBefore;

        Head(long now) {
            since = now;
        }
    }

    HeadWatch(Duration timeout, Scheduler scheduler, InstantSource clock) {
        this.timeout = timeout;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    @Override
    protected void doStart() {
        next();
    }

    @Override
    public void onOpened(Connection connection) {
        heads.put(connection, new Head(clock.millis()));
    }

    @Override
    public void onClosed(Connection connection) {
        heads.remove(connection);
    }

    void callBegins(Connection connection) {
        var head = heads.get(connection);
        if (head != null) {
            head.inCall = true;
        }
    }

    void callEnds(Connection connection) {
        var head = heads.get(connection);
        if (head != null) {
            head.bytesBefore = connection.getBytesIn();
            head.since = NOT_WAITING;
            head.inCall = false;
        }
    }

    private void next() {
        if (isRunning() || isStarting()) {
            scheduler.schedule(this::look, ROUND_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        long now = clock.millis();
        heads.forEach((connection, head) -> look(connection, head, now));
        next();
    }

    private void look(Connection connection, Head head, long now) {
        if (!connection.getEndPoint().isOpen()) {
            heads.remove(connection);
            return;
        }
        if (head.inCall) {
            return;
        }
        if (head.since == NOT_WAITING) {
            if (connection.getBytesIn() != head.bytesBefore) {
                head.since = now;
            }
        } else if (now - head.since > timeout.toMillis()) {
            log.debug("event=head_too_slow client={}", connection.getEndPoint());
            heads.remove(connection);
            connection.getEndPoint().close();
        }
    }
}
