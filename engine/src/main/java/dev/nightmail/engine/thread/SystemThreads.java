package dev.nightmail.engine.thread;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The threads of this machine. */
public final class SystemThreads implements Threads {

    @Override
    public Strand platform(String name, Runnable work) {
        return new SystemStrand(Thread.ofPlatform().name(name).unstarted(work));
    }

    @Override
    public Strand virtual(String name, Runnable work) {
        return new SystemStrand(Thread.ofVirtual().name(name).unstarted(work));
    }

    @Override
    public <T> Mailbox<T> mailbox() {
        return new QueueMailbox<>(new LinkedBlockingQueue<>());
    }

    private record SystemStrand(Thread thread) implements Strand {
        @Override
        public void start() {
            thread.start();
        }

        @Override
        public void interrupt() {
            thread.interrupt();
        }
    }

    private record QueueMailbox<T>(LinkedBlockingQueue<T> items) implements Mailbox<T> {
        @Override
        public void put(T item) {
            items.add(item);
        }

        @Override
        public T take() throws InterruptedException {
            return items.take();
        }

        @Override
        public @Nullable T poll(Duration timeout) throws InterruptedException {
            return items.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public void drainTo(List<? super T> target, int max) {
            items.drainTo(target, max);
        }
    }
}
