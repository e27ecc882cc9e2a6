package dev.nightmail.upstream.http;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.eclipse.jetty.util.Pool;
import org.jspecify.annotations.Nullable;

/**
 * Keeps its idle entries on a stack, so that one is found at once however many are in use. Jetty's
 * own pool looks through all of them: with thousands of calls in flight, and so nearly every
 * connection busy, that is most of what a call costs. The one last used comes first, so those that
 * are not needed any more stay idle long enough to be closed.
 *
 * <p>An entry is used by one at a time. Safe for many threads.
 */
final class IdleFirstPool<P> implements Pool<P> {

    private enum State {
        RESERVED,
        IDLE,
        IN_USE,
        REMOVED
    }

    private final int maxSize;
    private final AtomicInteger size = new AtomicInteger();
    private final Set<Held> entries = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedDeque<Held> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean terminated;

    IdleFirstPool(int maxSize) {
        this.maxSize = maxSize;
    }

    @Override
    public @Nullable Entry<P> reserve() {
        int before = size.getAndUpdate(now -> now < maxSize && !terminated ? now + 1 : now);
        if (before >= maxSize || terminated) {
            return null;
        }
        var entry = new Held();
        entries.add(entry);
        return entry;
    }

    @Override
    public @Nullable Entry<P> acquire() {
        if (terminated) {
            return null;
        }
        for (var entry = idle.pollFirst(); entry != null; entry = idle.pollFirst()) {
            if (entry.goes(State.IDLE, State.IN_USE)) {
                return entry;
            }
            // It was removed while it was idle.
        }
        return null;
    }

    @Override
    public boolean isTerminated() {
        return terminated;
    }

    @Override
    public Collection<Entry<P>> terminate() {
        terminated = true;
        idle.clear();
        return List.copyOf(entries);
    }

    @Override
    public int size() {
        return size.get();
    }

    @Override
    public int getMaxSize() {
        return maxSize;
    }

    @Override
    public Stream<Entry<P>> stream() {
        return entries.stream().map(entry -> entry);
    }

    private final class Held implements Entry<P> {

        private final AtomicReference<State> state = new AtomicReference<>(State.RESERVED);
        private volatile @Nullable P pooled;

        private boolean goes(State from, State to) {
            return state.compareAndSet(from, to);
        }

        @Override
        public boolean enable(P object, boolean acquire) {
            if (terminated) {
                return false;
            }
            if (!isReserved()) {
                throw new IllegalStateException("an entry is enabled once, after it was reserved");
            }
            pooled = object;
            return goes(State.RESERVED, State.IN_USE) && (acquire || release());
        }

        @Override
        public @Nullable P getPooled() {
            return pooled;
        }

        @Override
        public boolean release() {
            if (terminated || !goes(State.IN_USE, State.IDLE)) {
                return false;
            }
            idle.addFirst(this);
            return true;
        }

        @Override
        public boolean remove() {
            var before = state.getAndSet(State.REMOVED);
            if (before == State.REMOVED) {
                return false;
            }
            if (before == State.IDLE) {
                // Those that were idle longest go first, and lie at the bottom.
                idle.removeLastOccurrence(this);
            }
            entries.remove(this);
            size.decrementAndGet();
            return true;
        }

        @Override
        public boolean isReserved() {
            return state.get() == State.RESERVED;
        }

        @Override
        public boolean isIdle() {
            return state.get() == State.IDLE;
        }

        @Override
        public boolean isInUse() {
            return state.get() == State.IN_USE;
        }

        @Override
        public boolean isTerminated() {
            return state.get() == State.REMOVED;
        }
    }
}
