package dev.nightmail.simulation.turn;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One process, from its start to its death.
 *
 * <p>It passes <i>points</i>: before and after each effect that the world outside of it can see. At
 * one of them it may die. A strand that is in a dead process goes on only to be thrown out.
 */
public final class Life {

    private final Baton baton;
    private final Set<SimulatedStrand> inside = new LinkedHashSet<>();
    private long pointsLeft;
    private boolean dead;
    private @Nullable SimulatedStrand undertaker;

    Life(Baton baton, long pointsLeft) {
        this.baton = baton;
        this.pointsLeft = pointsLeft;
    }

    public boolean isDead() {
        return dead;
    }

    /** A point at which the process may die, and at which another strand may go on. */
    public void point(String what) {
        baton.checkAlive();
        baton.note(what);
        baton.maybeYield();
        if (--pointsLeft == 0) {
            kill();
            throw new Death();
        }
    }

    /** As {@code kill -9}. */
    public void kill() {
        if (!dead) {
            dead = true;
            baton.note("killed");
            List.copyOf(inside).forEach(baton::wake);
        }
    }

    void enter(SimulatedStrand strand) {
        inside.add(strand);
    }

    void leave(SimulatedStrand strand) {
        inside.remove(strand);
        if (inside.isEmpty() && undertaker != null) {
            baton.wake(undertaker);
        }
    }

    boolean isEmpty() {
        return inside.isEmpty();
    }

    void undertaker(@Nullable SimulatedStrand strand) {
        undertaker = strand;
    }
}
