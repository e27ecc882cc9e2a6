package dev.nightmail.simulation.turn;

import dev.nightmail.engine.thread.Mailbox;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A queue whose waits take simulated time. */
final class SimulatedMailbox<T> implements Mailbox<T> {

    private final Baton baton;
    private final Deque<T> items = new ArrayDeque<>();
    private final Deque<SimulatedStrand> waiting = new ArrayDeque<>();

    SimulatedMailbox(Baton baton) {
        this.baton = baton;
    }

    @Override
    public void put(T item) {
        baton.checkAlive();
        items.addLast(item);
        var first = waiting.pollFirst();
        if (first != null) {
            baton.wake(first);
        }
        baton.maybeYield();
    }

    @Override
    public T take() throws InterruptedException {
        var item = next(Long.MAX_VALUE);
        if (item == null) {
            throw new IllegalStateException("a wait without end has ended");
        }
        return item;
    }

    @Override
    public @Nullable T poll(Duration timeout) throws InterruptedException {
        return next(baton.nanos() + timeout.toNanos());
    }

    private @Nullable T next(long until) throws InterruptedException {
        baton.checkInterrupt();
        while (items.isEmpty() && baton.nanos() < until) {
            var self = baton.self();
            waiting.addLast(self);
            baton.await(until);
            waiting.remove(self);
            baton.checkInterrupt();
        }
        return items.pollFirst();
    }

    @Override
    public void drainTo(List<? super T> target, int max) {
        for (int taken = 0; taken < max && !items.isEmpty(); taken++) {
            target.add(items.removeFirst());
        }
    }
}
