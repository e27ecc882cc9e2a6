package dev.nightmail.simulation.turn;

/** Something was seen that must never be. */
public final class Violation extends RuntimeException {

    public Violation(String what) {
        super(what);
    }
}
