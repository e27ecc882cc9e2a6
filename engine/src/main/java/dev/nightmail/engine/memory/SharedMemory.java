package dev.nightmail.engine.memory;

import dev.nightmail.core.memory.MemoryBudget;
import dev.nightmail.core.memory.MemoryShare;
import dev.nightmail.core.memory.SlowSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A budget whose takers wait for each other.
 *
 * <p>What fits is given at once, whoever else waits, so that small calls pass large ones. A quarter
 * of the budget is for shares of at most {@value #SMALL_BYTES} bytes alone: large bodies cannot
 * shut small ones out. No holder gets more than half of either part.
 *
 * <p>Shares grow while they are held, so all of them could wait for each other for ever. That
 * cannot happen: of those that wait, <em>one</em> may always exceed the budget, as far as one body
 * may be large, until it is closed; then the next one may. So the memory really used is the budget
 * and one body more. Everybody else waits for the {@linkplain Terms#patience patience} of the
 * budget at most and then is told that there is none; those that cannot but exceed it, at once if
 * others wait for that already.
 *
 * <p>While somebody waits, those who fill their share too slowly ({@link SlowSource}) are ended,
 * the one that began first before the others. So a client that stops within its body holds memory
 * only as long as nobody else wants it.
 */
public final class SharedMemory implements MemoryBudget {

    /** More is large. Ordinary prompts and answers are small. */
    static final int SMALL_BYTES = 64 * 1024;

    private static final int SMALL_PART = 4;
    private static final int HOLDER_PART = 2;

    /** Who waits longer than for these has better come again. */
    private static final int EXCEEDING_WAITING_MAX = 4;

    /** How often one who waits looks whether somebody is late. */
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /**
     * How much there is.
     *
     * @param bytesMax in all, but for the one share that may exceed it
     * @param patience of those who wait
     * @param waitingMax at once; more are told at once that there is none
     * @param exceedingMax of one holder that wait to be the one that may exceed the budget
     */
    public record Terms(long bytesMax, Duration patience, int waitingMax, int exceedingMax) {

        /** For bodies of clients: those can come again. */
        public Terms(long bytesMax, Duration patience, int waitingMax) {
            this(bytesMax, patience, waitingMax, EXCEEDING_WAITING_MAX);
        }

        public Terms {
            if (bytesMax < 1) {
                throw new IllegalArgumentException("a budget must have at least 1 byte");
            }
        }
    }

    private final Terms terms;
    private final Pool small;
    private final Pool large;
    private final ReentrantLock lock = new ReentrantLock();

    /** In the order in which they began to wait. */
    private final List<Waiter> waiting = new ArrayList<>();

    /** Shares that are being filled from outside, in the order in which that began. */
    private final Set<Share> filling = new LinkedHashSet<>();

    /** The one that may exceed the budget. */
    private @Nullable Share privileged;

    public SharedMemory(Terms terms) {
        this.terms = terms;
        long smallBytes = terms.bytesMax() / SMALL_PART;
        this.small = new Pool(smallBytes);
        this.large = new Pool(terms.bytesMax() - smallBytes);
    }

    @Override
    public MemoryShare open(String holder) {
        return new Share(holder);
    }

    /** What is held now, in bytes. */
    public long heldBytes() {
        lock.lock();
        try {
            return small.bytes + large.bytes + (privileged == null ? 0 : privileged.bytes);
        } finally {
            lock.unlock();
        }
    }

    private Pool pool(long shareBytes) {
        return shareBytes <= SMALL_BYTES ? small : large;
    }

    /** Of one size of shares. Guarded by the lock. */
    private static final class Pool {
        private final long bytesMax;
        private final Map<String, Long> byHolder = new HashMap<>();
        private long bytes;

        Pool(long bytesMax) {
            this.bytesMax = bytesMax;
        }

        boolean hasRoom(String holder, long more) {
            return bytes + more <= bytesMax && of(holder) + more <= bytesMax / HOLDER_PART;
        }

        long of(String holder) {
            return byHolder.getOrDefault(holder, 0L);
        }

        void add(String holder, long more) {
            bytes += more;
            long held = of(holder) + more;
            if (held == 0) {
                byHolder.remove(holder);
            } else {
                byHolder.put(holder, held);
            }
        }
    }

    private static final class Waiter {
        private final Share share;
        private final long bytes;
        private final Condition granted;
        private boolean isGranted;

        Waiter(Share share, long bytes, Condition granted) {
            this.share = share;
            this.bytes = bytes;
            this.granted = granted;
        }
    }

    private boolean fits(Share share, long more) {
        long after = share.bytes + more;
        var pool = pool(after);
        // A share that becomes large gives back what it has of the small part.
        long needed = pool == pool(share.bytes) ? more : after;
        return share == privileged || pool.hasRoom(share.holder, needed);
    }

    /**
     * Whether it is so large that it can only go on as the one that exceeds the budget, and others
     * of its holder wait for that already. It would hold what it has meanwhile, and so keep those
     * waiting for whom there would be enough.
     */
    private boolean hasToWaitTooLong(Share share, long more) {
        return exceeds(share, more)
                && waiting.stream()
                                .filter(waiter -> exceeds(waiter.share, waiter.bytes))
                                .filter(waiter -> waiter.share.holder.equals(share.holder))
                                .count()
                        >= terms.exceedingMax();
    }

    private boolean exceeds(Share share, long more) {
        long after = share.bytes + more;
        return after > pool(after).bytesMax / HOLDER_PART;
    }

    private void resize(Share share, long more) {
        long after = share.bytes + more;
        if (share != privileged) {
            pool(share.bytes).add(share.holder, -share.bytes);
            pool(after).add(share.holder, after);
        }
        share.bytes = after;
    }

    /** What it holds is beside the budget from now on, and leaves its room there to others. */
    private void privilege(Share share) {
        pool(share.bytes).add(share.holder, -share.bytes);
        privileged = share;
    }

    /** Gives to those who wait what came free; then one of them may exceed the budget. */
    private void grant() {
        if (waiting.isEmpty()) {
            return;
        }
        for (int i = 0; i < waiting.size(); ) {
            var waiter = waiting.get(i);
            if (fits(waiter.share, waiter.bytes)) {
                waiting.remove(i);
                grant(waiter);
            } else {
                i++;
            }
        }
        if (privileged == null && !waiting.isEmpty()) {
            var next = waiting.getFirst();
            for (var waiter : waiting) {
                if (held(waiter.share.holder) < held(next.share.holder)) {
                    next = waiter;
                }
            }
            waiting.remove(next);
            privilege(next.share);
            grant(next);
            // The room it has left.
            grant();
        }
    }

    private void grant(Waiter waiter) {
        resize(waiter.share, waiter.bytes);
        waiter.isGranted = true;
        waiter.granted.signal();
    }

    private long held(String holder) {
        var beside = privileged;
        return small.of(holder)
                + large.of(holder)
                + (beside != null && beside.holder.equals(holder) ? beside.bytes : 0);
    }

    private final class Share implements MemoryShare {
        private final String holder;
        private long bytes;
        private boolean closed;
        private @Nullable SlowSource source;

        Share(String holder) {
            this.holder = holder;
        }

        @Override
        public boolean tryTake(long more) {
            lock.lock();
            try {
                requireOpen();
                if (!fits(this, more)) {
                    return false;
                }
                resize(this, more);
                return true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean take(long more) throws InterruptedException {
            long deadline = System.nanoTime() + terms.patience().toNanos();
            lock.lockInterruptibly();
            try {
                requireOpen();
                if (fits(this, more)) {
                    resize(this, more);
                    return true;
                }
                if (waiting.size() >= terms.waitingMax() || hasToWaitTooLong(this, more)) {
                    return false;
                }
                var waiter = new Waiter(this, more, lock.newCondition());
                waiting.add(waiter);
                grant();
                return await(waiter, deadline);
            } finally {
                lock.unlock();
            }
        }

        private boolean await(Waiter waiter, long deadline) throws InterruptedException {
            try {
                while (!waiter.isGranted) {
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        return false;
                    }
                    var late = lateOne(this, waiter.bytes);
                    if (late != null) {
                        end(late);
                        continue;
                    }
                    var _ = waiter.granted.awaitNanos(Math.min(left, ROUND_NANOS));
                }
                return true;
            } catch (InterruptedException e) {
                if (!waiter.isGranted) {
                    throw e;
                }
                // It has taken what it came for; whoever waits next is told of the interrupt.
                Thread.currentThread().interrupt();
                return true;
            } finally {
                if (!waiter.isGranted) {
                    waiting.remove(waiter);
                }
            }
        }

        /** Not under the lock: what it ends may close its share at once. */
        private void end(SlowSource late) {
            lock.unlock();
            try {
                late.end();
            } finally {
                lock.lock();
            }
        }

        @Override
        public void give(long less) {
            lock.lock();
            try {
                if (!closed) {
                    if (less > bytes) {
                        throw new IllegalStateException("more is given back than was taken");
                    }
                    resize(this, -less);
                    grant();
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void filledBy(@Nullable SlowSource newSource) {
            lock.lock();
            try {
                source = newSource;
                if (newSource != null && !closed) {
                    filling.add(this);
                } else {
                    filling.remove(this);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                closed = true;
                filling.remove(this);
                resize(this, -bytes);
                if (privileged == this) {
                    privileged = null;
                }
                grant();
            } finally {
                lock.unlock();
            }
        }

        private void requireOpen() {
            if (closed) {
                throw new IllegalStateException("the share was closed");
            }
        }
    }

    /**
     * One that holds what the waiter wants and is late: of the same part of the budget, and of the
     * same holder where only the holder's own limit stands in the way.
     */
    private @Nullable SlowSource lateOne(Share waiter, long more) {
        var pool = pool(waiter.bytes + more);
        boolean othersAreInTheWay = pool.bytes + more > pool.bytesMax;
        for (var share : filling) {
            var source = share.source;
            if (source != null
                    && share != waiter
                    && share.bytes > 0
                    && (share == privileged
                            || (pool(share.bytes) == pool
                                    && (othersAreInTheWay || share.holder.equals(waiter.holder))))
                    && source.isLate()) {
                filling.remove(share);
                return source;
            }
        }
        return null;
    }
}
