package dev.nightmail.simulation.turn;

/** The process is dead. Thrown at whoever still ran in it, so that its stack goes away. */
public final class Death extends Error {

    Death() {
        super("the process died here", null, false, false);
    }
}
