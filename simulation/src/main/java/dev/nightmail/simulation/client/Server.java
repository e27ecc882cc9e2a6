package dev.nightmail.simulation.client;

import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
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

    /**
     * Makes an interactive call.
     *
     * @throws Unanswered if the server died before it was through, or failed
     */
    void call(String model, Call call, AnswerSink sink) throws Unanswered;

    /** Whether somebody has begun to stop it. */
    boolean isStopping();

    /** Nobody knows what became of it. */
    final class Unanswered extends Exception {
        public Unanswered() {
            super("the server is gone", null, false, false);
        }
    }
}
