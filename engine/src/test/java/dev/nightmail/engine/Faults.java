package dev.nightmail.engine;

import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.core.journal.JournalException;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** Where storage can fail, stand still, or take the process with it. */
final class Faults {

    /** Whatever is written, and what is read while running. */
    enum Step {
        COMMIT,
        OPEN,
        READ,
        APPEND,
        RECORD,
        JOURNAL_DELETE,
        ARCHIVE,
        INSERT,
        UPDATE,
        CATALOG_DELETE,
        CHARGE;

        private RuntimeException failure() {
            var cause = new IOException("the disk says no");
            return switch (this) {
                case INSERT, UPDATE, CATALOG_DELETE, CHARGE ->
                        new CatalogException("the catalog failed at " + this, cause);
                case COMMIT, OPEN, READ, APPEND, RECORD, JOURNAL_DELETE, ARCHIVE ->
                        new JournalException("the journal failed at " + this, cause);
            };
        }
    }

    /** The process is dead: nothing reaches storage any more. */
    static final class Crash extends Error {
        Crash() {
            super("the process died here");
        }
    }

    private final Map<Step, Integer> before = new EnumMap<>(Step.class);
    private final Map<Step, Integer> after = new EnumMap<>(Step.class);
    private final Map<Step, Error> breakdowns = new EnumMap<>(Step.class);
    private final Map<Step, CountDownLatch> held = new EnumMap<>(Step.class);
    private final Map<Step, Integer> waiting = new EnumMap<>(Step.class);
    private int crashIn = Integer.MAX_VALUE;
    private int passed;
    private boolean dead;

    /** The next so many times it fails without having done anything. */
    synchronized void fail(Step step, int times) {
        before.put(step, times);
    }

    void fail(Step step) {
        fail(step, Integer.MAX_VALUE);
    }

    /** The next time it does what it should, and then says that it failed. */
    synchronized void failAfterwards(Step step) {
        after.put(step, 1);
    }

    /** The next time it breaks down with this, without having done anything. */
    synchronized void breakDown(Step step, Error with) {
        breakdowns.put(step, with);
    }

    synchronized void mend(Step step) {
        before.remove(step);
        after.remove(step);
    }

    /** Whoever gets there waits, until {@link #release}. */
    synchronized void hold(Step step) {
        held.put(step, new CountDownLatch(1));
    }

    synchronized void release(Step step) {
        var latch = held.remove(step);
        if (latch != null) {
            latch.countDown();
        }
    }

    synchronized void releaseAll() {
        List.copyOf(held.keySet()).forEach(this::release);
    }

    /** Whether somebody has come to a step that is held. */
    synchronized boolean isReached(Step step) {
        return waiting.containsKey(step);
    }

    /** The process dies before or after a step: at the edge of this number, counted from here. */
    synchronized void crashAt(int edge) {
        passed = 0;
        crashIn = edge;
    }

    synchronized void crashNow() {
        crashIn = passed;
        dead = true;
    }

    synchronized boolean isDead() {
        return dead;
    }

    /** Edges passed since {@link #crashAt}. */
    synchronized int passed() {
        return passed;
    }

    <T> T during(Step step, Supplier<T> work) {
        await(step);
        edge(step, before);
        var done = work.get();
        edge(step, after);
        return done;
    }

    void during(Step step, Runnable work) {
        during(
                step,
                () -> {
                    work.run();
                    return "";
                });
    }

    private void await(Step step) {
        CountDownLatch latch;
        synchronized (this) {
            latch = held.get(step);
            if (latch != null) {
                waiting.merge(step, 1, Integer::sum);
            }
        }
        if (latch != null) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void edge(Step step, Map<Step, Integer> failures) {
        if (step != Step.READ) {
            if (passed >= crashIn) {
                dead = true;
                throw new Crash();
            }
            passed++;
        }
        var breakdown = breakdowns.remove(step);
        if (breakdown != null) {
            throw breakdown;
        }
        int left = failures.getOrDefault(step, 0);
        if (left > 0) {
            failures.put(step, left - 1);
            throw step.failure();
        }
    }
}
