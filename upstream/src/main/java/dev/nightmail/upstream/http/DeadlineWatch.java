package dev.nightmail.upstream.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Wakes the callers of exchanges whose time is up; they then say themselves what it was that came
 * too late. Wakes those, too, that want to look again though nothing has come. One thread looks at
 * all of them now and then, since a timer for every one of them, which almost never rings, costs
 * more than the rest of the waiting: a lock that all callers share, and a thread to be woken.
 */
final class DeadlineWatch implements AutoCloseable {

    /** By so much, at most, a timeout comes late. */
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Set<ExchangeInFlight> waiting = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean idle;
    private volatile boolean closed;

    DeadlineWatch() {
        thread = Thread.ofPlatform().name("upstream-deadlines").daemon().start(this::run);
    }

    void add(ExchangeInFlight exchange) {
        waiting.add(exchange);
        if (idle) {
            LockSupport.unpark(thread);
        }
    }

    void remove(ExchangeInFlight exchange) {
        waiting.remove(exchange);
    }

    private void run() {
        while (!closed) {
            if (waiting.isEmpty()) {
                idle = true;
                if (waiting.isEmpty() && !closed) {
                    LockSupport.park(this);
                }
                idle = false;
            }
            LockSupport.parkNanos(this, ROUND_NANOS);
            long now = System.nanoTime();
            for (var exchange : waiting) {
                if (exchange.isToBeWoken(now)) {
                    exchange.wakeCaller();
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
