package dev.nightmail.engine;

import dev.nightmail.core.journal.JournalException;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import dev.nightmail.engine.thread.Mailbox;
import dev.nightmail.engine.thread.Threads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Lets those who change the same thing take turns: one alone, or several together whom it does not
 * matter to. In order of arrival, so nobody is overtaken for ever. Those who change different
 * things never meet.
 *
 * @param <K> names a thing
 */
final class Turns<K> {

    /** A turn is a few flushes. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final class Line {
        final Deque<Waiting> waiting = new ArrayDeque<>();
        int having;
        boolean alone;

        boolean admits(boolean another) {
            return having == 0 || !(alone || another);
        }

        void admit(boolean another) {
            having++;
            alone = another;
        }
    }

    private record Waiting(boolean alone, Mailbox<Boolean> called) {}

    private final Map<K, Line> lines = new HashMap<>();
    private final Threads threads;

    Turns(Threads threads) {
        this.threads = threads;
    }

    /** To be closed when what was to be changed is changed, or not. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for a turn.
     *
     * @throws JournalException if those before take all too long
     * @throws StoppingException if the waiting was interrupted
     */
    Turn take(K thing, boolean alone) {
        var waiting = new Waiting(alone, threads.mailbox());
        enter(thing, waiting);
        try {
            if (waiting.called().poll(PATIENCE) == null) {
                giveUp(thing, waiting);
                throw new JournalException("what another call is storing is not durable yet");
            }
            return () -> leave(thing);
        } catch (InterruptedException e) {
            giveUp(thing, waiting);
            Thread.currentThread().interrupt();
            throw new StoppingException();
        }
    }

    private void enter(K thing, Waiting waiting) {
        synchronized (lines) {
            lines.computeIfAbsent(thing, _ -> new Line()).waiting.add(waiting);
        }
        callNext(thing);
    }

    private void leave(K thing) {
        synchronized (lines) {
            line(thing).having--;
        }
        callNext(thing);
    }

    private void giveUp(K thing, Waiting waiting) {
        synchronized (lines) {
            var line = line(thing);
            if (!line.waiting.remove(waiting)) {
                // It was called in that very moment.
                line.having--;
            }
        }
        callNext(thing);
    }

    private void callNext(K thing) {
        var called = new ArrayList<Waiting>();
        synchronized (lines) {
            var line = lines.get(thing);
            if (line == null) {
                return;
            }
            for (var next = line.waiting.peek();
                    next != null && line.admits(next.alone());
                    next = line.waiting.peek()) {
                line.admit(next.alone());
                called.add(line.waiting.remove());
            }
            if (line.having == 0) {
                lines.remove(thing);
            }
        }
        called.forEach(next -> next.called().put(true));
    }

    private Line line(K thing) {
        var line = lines.get(thing);
        if (line == null) {
            throw new IllegalStateException("nobody waits for, or has, a turn");
        }
        return line;
    }
}
