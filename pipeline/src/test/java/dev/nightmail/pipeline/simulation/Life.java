package dev.nightmail.pipeline.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One process. What it does side by side are strands, of which one runs at a time: whoever makes a
 * call hands on, and the seed says to whom. At each effect that the outside can see it passes a
 * {@link #point}, at which it may die.
 */
public final class Life {

    /** What a strand does. */
    public interface Work {
        void run() throws InterruptedException;
    }

    private static final int STEPS_MAX = 200_000;
    private static final int ONE_IN = 3;

    private final SimulatedClock clock;
    private final Trace trace;
    private final RandomGenerator random;
    private final List<Strand> strands = new ArrayList<>();
    private final Semaphore back = new Semaphore(0);
    private int pointsLeft;
    private int stopIn;
    private int steps;
    private int strandsEver;
    private volatile boolean dead;
    private volatile boolean inTransaction;
    private volatile @Nullable Strand current;
    private volatile @Nullable Violation violation;

    /**
     * @param points it lives for so many; negative: for ever
     * @param stopIn after so many waits somebody stops it; negative: never
     */
    Life(SimulatedClock clock, Trace trace, RandomGenerator random, int points, int stopIn) {
        this.clock = clock;
        this.trace = trace;
        this.random = random;
        this.pointsLeft = points;
        this.stopIn = stopIn;
    }

    private static final class Strand {
        private final int number;
        private final Semaphore turn = new Semaphore(0);
        private Instant readyAt;
        private volatile boolean interrupted;
        private volatile boolean ended;

        Strand(int number, Instant readyAt) {
            this.number = number;
            this.readyAt = readyAt;
        }
    }

    public Instant now() {
        return clock.instant();
    }

    public boolean isDead() {
        return dead;
    }

    public RandomGenerator random() {
        return random;
    }

    /** Something is about to happen that outlives the process, or has just happened. */
    public void point(String what) {
        if (dead) {
            throw new Death();
        }
        note(what);
        if (pointsLeft-- == 0) {
            note("dies");
            dead = true;
            throw new Death();
        }
    }

    public void note(String what) {
        var me = current;
        trace.add(clock.instant(), me == null ? 0 : me.number, what);
    }

    /** Throws it out of the process, whatever the code under test makes of exceptions. */
    void violated(Violation found) {
        violation = found;
        dead = true;
        throw found;
    }

    void throwIfViolated() {
        var found = violation;
        if (found != null) {
            throw found;
        }
    }

    /** Nobody else may run: others would wait for the lock of the state. */
    public void inTransaction(boolean is) {
        inTransaction = is;
    }

    // Strands

    /**
     * @param ended told when it has ended, in its turn; null: well
     */
    public void start(Work work, java.util.function.Consumer<@Nullable Throwable> ended) {
        var strand = new Strand(++strandsEver, now());
        strands.add(strand);
        Thread.ofVirtual()
                .start(() -> {
                    strand.turn.acquireUninterruptibly();
                    Throwable failure = null;
                    try {
                        if (dead) {
                            throw new Death();
                        }
                        work.run();
                    } catch (Throwable e) {
                        if (e instanceof Violation found && violation == null) {
                            violation = found;
                            dead = true;
                        }
                        failure = e;
                    }
                    ended.accept(failure);
                    strand.ended = true;
                    back.release();
                });
    }

    private void resume(Strand strand) {
        current = strand;
        strand.turn.release();
        back.acquireUninterruptibly();
        current = null;
        if (strand.ended) {
            strands.remove(strand);
        }
    }

    /** Takes so long: others run meanwhile. */
    public void pause(Duration duration) throws InterruptedException {
        if (dead) {
            throw new Death();
        }
        if (inTransaction) {
            throw new Violation("a call is made within a transaction");
        }
        var until = now().plus(duration);
        var me = current;
        if (me == null) {
            waitHere(until);
            return;
        }
        if (me.interrupted) {
            throw new InterruptedException();
        }
        me.readyAt = until;
        back.release();
        me.turn.acquireUninterruptibly();
        if (dead) {
            throw new Death();
        }
        if (me.interrupted) {
            throw new InterruptedException();
        }
    }

    /** The same for who cannot be interrupted, only told. */
    void pauseUnlessInterrupted(Duration duration) {
        try {
            if (!Thread.currentThread().isInterrupted()) {
                pause(duration);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void waitHere(Instant until) {
        while (!dead) {
            var next = earliest();
            if (next == null || next.readyAt.isAfter(until) || random.nextInt(ONE_IN) == 0) {
                break;
            }
            clock.advanceTo(next.readyAt);
            resume(next);
        }
        if (dead) {
            throw new Death();
        }
        clock.advanceTo(until);
    }

    /** The first to be ready; of several one by chance. */
    private @Nullable Strand earliest() {
        Strand first = null;
        int as = 0;
        for (var strand : strands) {
            if (first == null || strand.readyAt.isBefore(first.readyAt)) {
                first = strand;
                as = 1;
            } else if (strand.readyAt.equals(first.readyAt) && random.nextInt(++as) == 0) {
                first = strand;
            }
        }
        return first;
    }

    /** Whether a strand was let go on, or time went by up to then. */
    public enum Next {
        RAN,
        WOKE,
        MESSAGE
    }

    /**
     * The deciding thread has nothing to do.
     *
     * @param wake null: never
     */
    public Next next(boolean hasMessage, @Nullable Instant wake) throws InterruptedException {
        if (dead) {
            throw new Death();
        }
        Violation.unless(++steps < STEPS_MAX, "the run does not come to its end");
        if (stopIn-- == 0) {
            note("is stopped");
            throw new InterruptedException();
        }
        var strand = earliest();
        boolean isReady = strand != null && !strand.readyAt.isAfter(now());
        if (hasMessage && !(isReady && random.nextInt(ONE_IN) == 0)) {
            return Next.MESSAGE;
        }
        if (strand == null && wake == null) {
            throw new Violation("the run waits for nothing");
        }
        if (strand == null || (!isReady && wake != null && !wake.isAfter(strand.readyAt))) {
            clock.advanceTo(wake == null ? now() : wake);
            return Next.WOKE;
        }
        clock.advanceTo(strand.readyAt);
        resume(strand);
        if (dead) {
            throw new Death();
        }
        return Next.RAN;
    }

    /** Has all of them end. */
    public void stop() {
        while (!strands.isEmpty()) {
            var strand = strands.getFirst();
            strand.interrupted = true;
            resume(strand);
        }
    }
}
