package dev.nightmail.simulation.turn;

import dev.nightmail.engine.thread.Threads;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A thread that runs only while it holds the baton. */
final class SimulatedStrand implements Threads.Strand {

    private final Baton baton;
    private final int number;
    private final Runnable work;
    private final Semaphore turn = new Semaphore(0);
    private @Nullable Life life;
    private boolean waiting;
    private boolean interrupted;
    private long waits;

    SimulatedStrand(Baton baton, int number, @Nullable Life life, Runnable work) {
        this.baton = baton;
        this.number = number;
        this.life = life;
        this.work = work;
    }

    int number() {
        return number;
    }

    @Nullable Life life() {
        return life;
    }

    /** Goes into a process, or out of it. */
    void life(@Nullable Life now) {
        if (life != null) {
            life.leave(this);
        }
        life = now;
        if (now != null) {
            now.enter(this);
        }
    }

    @Override
    public void start() {
        if (life != null) {
            life.enter(this);
        }
        baton.begin(this);
        Thread.ofVirtual().name("simulated-" + number).start(this::run);
    }

    private void run() {
        awaitTurn();
        try {
            baton.checkAlive();
            work.run();
        } catch (Death _) {
            // That is how strands of dead processes end.
        } catch (RuntimeException | Error e) {
            baton.fail(e);
        } finally {
            if (life != null) {
                life.leave(this);
            }
            baton.end(this);
        }
    }

    @Override
    public void interrupt() {
        interrupted = true;
        baton.wake(this);
    }

    boolean takeInterrupt() {
        boolean was = interrupted;
        interrupted = false;
        return was;
    }

    /**
     * @return which wait this is, so that an alarm for an earlier one is not taken for its own
     */
    long beginWait() {
        waiting = true;
        return ++waits;
    }

    boolean isIn(long wait) {
        return waiting && waits == wait;
    }

    boolean isWaiting() {
        return waiting;
    }

    void endWait() {
        waiting = false;
    }

    void giveTurn() {
        turn.release();
    }

    void awaitTurn() {
        turn.acquireUninterruptibly();
    }
}
