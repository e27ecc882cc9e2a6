package dev.nightmail.simulation.client;

import dev.nightmail.engine.desk.BatchDesk;
import java.util.function.Function;

/** The server as a client reaches it: there, or not there, or gone in the middle of a call. */
public interface Server {

    /**
     * Asks at the desk.
     *
     * @throws Unanswered if the server died before it answered
     */
    <T> T ask(Function<BatchDesk, T> question) throws Unanswered;

    /** Nobody knows what became of it. */
    final class Unanswered extends Exception {
        public Unanswered() {
            super("the server is gone", null, false, false);
        }
    }
}
