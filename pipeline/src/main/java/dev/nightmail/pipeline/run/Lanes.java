package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.decide.Report;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Runs what goes on side by side, and brings what it says to one thread: the one that decides, and
 * that tells the listener.
 */
interface Lanes extends Messages, AutoCloseable {

    /** One thing that is done in a lane. */
    interface Work {
        void run() throws InterruptedException;
    }

    /** What a lane says. */
    sealed interface Message {
        record Reported(Report report) implements Message {}

        record Told(RunEvent event) implements Message {}

        /** What was to be done when the lane's work has come so far, on the deciding thread. */
        record Done(Work work) implements Message {}

        record Failed(Throwable reason) implements Message {}
    }

    /** A message for the deciding thread. */
    void add(Message message);

    @Override
    default void report(Report report) {
        add(new Message.Reported(report));
    }

    @Override
    default void tell(RunEvent event) {
        add(new Message.Told(event));
    }

    /** Does it beside what else is going on. */
    void start(Work work);

    /** Has the deciding thread do something. */
    default void then(Work work) {
        add(new Message.Done(work));
    }

    /** The next message, if there is one already. */
    @Nullable Message there();

    /**
     * The next message.
     *
     * @param wake when to wake up without one; null: never
     * @return null if there was none by then
     */
    @Nullable Message next(@Nullable Instant wake) throws InterruptedException;

    /** Interrupts what is still going on, and waits until it has ended. */
    void stop();

    @Override
    default void close() {
        stop();
    }
}
