package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.Pause;
import dev.nightmail.pipeline.decide.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs what goes on side by side, and brings what it says to one thread: the one that decides, and
 * that tells the listener.
 */
final class Lanes implements Messages, AutoCloseable {

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

    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final AtomicInteger running = new AtomicInteger();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofPlatform().daemon().name("pipeline-", 1).factory());
    private final Pause pause;
    private final InstantSource clock;

    Lanes(Pause pause, InstantSource clock) {
        this.pause = pause;
        this.clock = clock;
    }

    /** Does it beside what else is going on. */
    void start(Work work) {
        running.incrementAndGet();
        threads.execute(() -> {
            try {
                work.run();
                running.decrementAndGet();
                messages.add(new Message.Done(() -> {}));
            } catch (Throwable e) {
                running.decrementAndGet();
                messages.add(new Message.Failed(e));
            }
        });
    }

    @Override
    public void report(Report report) {
        messages.add(new Message.Reported(report));
    }

    @Override
    public void tell(RunEvent event) {
        messages.add(new Message.Told(event));
    }

    /** Has the deciding thread do something. */
    void then(Work work) {
        messages.add(new Message.Done(work));
    }

    /** The next message, if there is one already. */
    @Nullable Message there() {
        return messages.poll();
    }

    /**
     * The next message.
     *
     * @param wake when to wake up without one; null: never
     * @return null if there was none by then
     */
    @Nullable Message next(@Nullable Instant wake) throws InterruptedException {
        var there = messages.poll();
        if (there != null) {
            return there;
        }
        if (wake == null) {
            return messages.take();
        }
        var wait = Duration.between(clock.instant(), wake);
        return wait.isPositive() ? pause.next(messages, wait, running.get() > 0) : messages.poll();
    }

    @Override
    public void close() {
        stop();
    }

    /** Interrupts what is still going on, and waits until it has ended. */
    void stop() {
        threads.shutdownNow();
        var interrupted = false;
        while (true) {
            try {
                if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
