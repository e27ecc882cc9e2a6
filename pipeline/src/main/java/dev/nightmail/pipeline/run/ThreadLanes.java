package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.Pause;
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

/** Lanes with a thread for each thing that goes on. */
final class ThreadLanes implements Lanes {

    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final AtomicInteger running = new AtomicInteger();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofPlatform().daemon().name("pipeline-", 1).factory());
    private final Pause pause;
    private final InstantSource clock;

    ThreadLanes(Pause pause, InstantSource clock) {
        this.pause = pause;
        this.clock = clock;
    }

    @Override
    public void start(Work work) {
        running.incrementAndGet();
        threads.execute(() -> {
            Message last;
            try {
                work.run();
                last = new Message.Done(() -> {});
            } catch (Throwable e) {
                last = new Message.Failed(e);
            }
            // Whoever takes the last message finds that nothing runs any more.
            running.decrementAndGet();
            messages.add(last);
        });
    }

    @Override
    public void add(Message message) {
        messages.add(message);
    }

    @Override
    public @Nullable Message there() {
        return messages.poll();
    }

    @Override
    public @Nullable Message next(@Nullable Instant wake) throws InterruptedException {
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
    public void stop() {
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
