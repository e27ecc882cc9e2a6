package dev.nightmail.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Lets a command end in its own words when the process is told to end: its thread is interrupted
 * and given a moment to say what became of the work. What it did was durable before; a process that
 * is killed instead loses only the words.
 */
public final class PoliteStop {

    private final Thread command;
    private final Duration patience;
    private final CountDownLatch ended = new CountDownLatch(1);

    PoliteStop(Thread command, Duration patience) {
        this.command = command;
        this.patience = patience;
    }

    /**
     * Runs a command on this thread. The exit code of a process that was told to end is the
     * system's: 128 and the number of the signal.
     *
     * @param patience how long the process waits for a command it has interrupted
     */
    public static int during(IntSupplier command, Duration patience) {
        var stop = new PoliteStop(Thread.currentThread(), patience);
        var hook = new Thread(stop::interruptAndWait, "polite-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return command.getAsInt();
        } finally {
            stop.ended.countDown();
            forget(hook);
        }
    }

    void interruptAndWait() {
        command.interrupt();
        try {
            if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                // It does not listen; the process ends all the same.
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process is ending, because of this very hook or another.
        }
    }
}
