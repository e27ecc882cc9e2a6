package dev.nightmail.simulation.turn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lets exactly one strand run at a time.
 *
 * <p>Strands are real (virtual) threads, so what they run is the real code with its real stacks;
 * but each waits for the baton, and whoever gives it away chooses by the seed who has it next. A
 * strand gives it away where it waits, and perhaps at each {@link Life#point}. Nothing else is left
 * to the machine: the same seed is the same run, step by step.
 *
 * <p>Time stands still while anybody can run. When nobody can, it is the time of the next alarm: a
 * day passes as fast as there is something to do in it.
 *
 * <p>Only the holder touches what is in here, so nothing is locked; the semaphore with which the
 * baton is handed on makes it visible.
 */
public final class Baton {

    /** A run that takes more steps does not come to an end. */
    private static final long STEPS_MAX = 3_000_000;

    private final RandomGenerator random;
    private final int yieldsPer256;
    private final Trace trace;
    private final List<SimulatedStrand> ready = new ArrayList<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private final Set<SimulatedStrand> all = new LinkedHashSet<>();
    private final Semaphore allEnded = new Semaphore(0);
    private @Nullable SimulatedStrand holder;
    private int strandCount;
    private long alarmCount;
    private long nanos;
    private long steps;
    private boolean over;
    private @Nullable Throwable failure;

    private record Alarm(long at, long order, SimulatedStrand strand, long waitNumber)
            implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /**
     * @param yieldsPer256 of so many points at which another strand may go on, how many are used
     */
    public Baton(RandomGenerator random, int yieldsPer256, Trace trace) {
        this.random = random;
        this.yieldsPer256 = yieldsPer256;
        this.trace = trace;
    }

    /**
     * Runs {@code work} and all that it starts.
     *
     * @throws Violation or whatever else ended a strand first
     */
    public void run(Runnable work) {
        var first =
                strand(
                        null,
                        () -> {
                            try {
                                work.run();
                            } finally {
                                finish();
                            }
                        });
        first.start();
        handOn();
        allEnded.acquireUninterruptibly();
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    /** A process that dies at its point of this number, if it lives that long. */
    public Life life(long points) {
        return new Life(this, points);
    }

    /** A strand in no process: a client, or the world. */
    public void spawn(Runnable work) {
        strand(null, work).start();
    }

    SimulatedStrand strand(@Nullable Life life, Runnable work) {
        return new SimulatedStrand(this, strandCount++, life, work);
    }

    /** Nanoseconds since the beginning of the world. */
    public long nanos() {
        return nanos;
    }

    /** Time during which nobody can run: the machine sleeps. */
    public void freeze(Duration time) {
        nanos += time.toNanos();
    }

    public void note(String what) {
        trace.add(self().number(), nanos, what);
    }

    // In and out of processes

    /** Does something inside a process: it dies with it. */
    public void in(Life life, Runnable work) {
        var self = self();
        if (life.isDead()) {
            throw new Death();
        }
        self.life(life);
        try {
            work.run();
        } finally {
            self.life(null);
        }
    }

    /** Waits until nobody is left in a dead process. */
    public void awaitEmpty(Life life) {
        var self = self();
        life.undertaker(self);
        while (!life.isEmpty()) {
            await(Long.MAX_VALUE);
        }
        life.undertaker(null);
    }

    // Waiting

    /** As long as it takes, whatever happens; only death ends it. */
    public void sleep(Duration time) {
        long until = nanos + time.toNanos();
        while (nanos < until) {
            await(until);
        }
    }

    /** As {@link #sleep}, but an interrupt ends it. */
    public void sleepInterruptibly(Duration time) throws InterruptedException {
        long until = nanos + time.toNanos();
        do {
            checkInterrupt();
            if (nanos < until) {
                await(until);
            }
        } while (nanos < until);
    }

    void checkInterrupt() throws InterruptedException {
        checkAlive();
        if (self().takeInterrupt()) {
            throw new InterruptedException();
        }
    }

    void maybeYield() {
        if (yieldsPer256 > 0 && random.nextInt(256) < yieldsPer256) {
            yieldNow();
        }
    }

    private void yieldNow() {
        ready.add(self());
        giveAway();
    }

    /** Until {@link #wake} or that time, whichever comes first. */
    void await(long until) {
        checkAlive();
        var self = self();
        long wait = self.beginWait();
        if (until != Long.MAX_VALUE) {
            alarms.add(new Alarm(until, alarmCount++, self, wait));
        }
        giveAway();
    }

    void wake(SimulatedStrand strand) {
        if (strand.isWaiting()) {
            strand.endWait();
            ready.add(strand);
        }
    }

    void checkAlive() {
        var life = self().life();
        if (over || (life != null && life.isDead())) {
            throw new Death();
        }
    }

    SimulatedStrand self() {
        if (holder == null) {
            throw new IllegalStateException("nobody has the baton");
        }
        return holder;
    }

    // Handing on

    private void giveAway() {
        var self = self();
        handOn();
        self.awaitTurn();
        checkAlive();
    }

    private void handOn() {
        if (++steps > STEPS_MAX) {
            fail(new Violation("the run does not come to an end"));
        }
        while (ready.isEmpty()) {
            passTime();
        }
        int chosen = ready.size() == 1 ? 0 : random.nextInt(ready.size());
        var next = ready.get(chosen);
        var last = ready.removeLast();
        if (chosen < ready.size()) {
            ready.set(chosen, last);
        }
        holder = next;
        next.giveTurn();
    }

    private void passTime() {
        var alarm = alarms.poll();
        if (alarm == null) {
            fail(new Violation("everybody waits, and for nothing"));
            return;
        }
        if (alarm.strand().isIn(alarm.waitNumber())) {
            nanos = Math.max(nanos, alarm.at());
            wake(alarm.strand());
        }
    }

    void begin(SimulatedStrand strand) {
        all.add(strand);
        ready.add(strand);
    }

    void end(SimulatedStrand strand) {
        all.remove(strand);
        if (all.isEmpty()) {
            allEnded.release();
        } else {
            handOn();
        }
    }

    /** The run is over, since this should never happen. */
    public void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        finish();
    }

    private void finish() {
        over = true;
        List.copyOf(all).forEach(this::wake);
    }
}
