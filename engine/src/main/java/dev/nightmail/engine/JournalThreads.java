package dev.nightmail.engine;

import dev.nightmail.engine.thread.Mailbox;
import dev.nightmail.engine.thread.Threads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A few threads that do what they are handed, in the order in which it came. Platform threads: a
 * virtual one that waits for a disk would hold up the others on its carrier.
 */
final class JournalThreads {

    private final Threads threads;
    private final int count;
    private final Consumer<Throwable> onFailure;

    /** Who takes out an empty one ends. */
    private final Mailbox<Optional<Runnable>> work;

    private final Mailbox<Boolean> allEnded;
    private final AtomicInteger running = new AtomicInteger();

    /**
     * @param onFailure told of what fails in a way that nobody foresaw: its report would never come
     */
    JournalThreads(Threads threads, int count, Consumer<Throwable> onFailure) {
        this.threads = threads;
        this.count = count;
        this.onFailure = onFailure;
        this.work = threads.mailbox();
        this.allEnded = threads.mailbox();
    }

    void start() {
        running.set(count);
        for (int number = 0; number < count; number++) {
            threads.platform("nightmail-journal-" + number, this::run).start();
        }
    }

    void execute(Runnable task) {
        work.put(Optional.of(task));
    }

    private void run() {
        try {
            for (var task = work.take(); task.isPresent(); task = work.take()) {
                carefully(task.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (running.decrementAndGet() == 0) {
                allEnded.put(true);
            }
        }
    }

    private void carefully(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }

    /**
     * Ends the threads once what was handed to them is done.
     *
     * @return whether they have ended in time
     */
    boolean stop(Duration timeout) throws InterruptedException {
        if (running.get() == 0) {
            return true;
        }
        for (int number = 0; number < count; number++) {
            work.put(Optional.empty());
        }
        return allEnded.poll(timeout) != null;
    }
}
