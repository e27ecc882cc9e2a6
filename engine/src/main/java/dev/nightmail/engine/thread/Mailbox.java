package dev.nightmail.engine.thread;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands things from some strands to others, in the order in which they came. Without bound. */
public interface Mailbox<T> {

    /** Never waits. */
    void put(T item);

    /** Waits for as long as it takes. */
    T take() throws InterruptedException;

    /** Waits no longer than this for the next; null if none came. */
    @Nullable T poll(Duration timeout) throws InterruptedException;

    /** Adds what is there already to {@code target}, at most so many. */
    void drainTo(List<? super T> target, int max);
}
