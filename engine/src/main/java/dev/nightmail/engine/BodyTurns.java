package dev.nightmail.engine;

import dev.nightmail.core.journal.JournalException;
import dev.nightmail.engine.Resends.Body;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Who may store a batch of a body. First tries of one body may all at once, since each is a batch
 * of its own; a re-send waits until they are done, and they for it, so that it finds what they have
 * made, or they what it has. Bodies that differ never meet.
 */
final class BodyTurns {

    /** Storing a batch that has been read is a flush or two. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int ALL = Integer.MAX_VALUE;

    private static final class Place {
        final Semaphore shares = new Semaphore(ALL, true);
        int users;
    }

    private final Map<Body, Place> places = new HashMap<>();

    /** To be closed when the batch is stored, or not. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @param alone whether to be the only one with this body
     * @throws JournalException if another's batch does not get stored in all that time
     */
    Turn take(Body body, boolean alone) {
        int shares = alone ? ALL : 1;
        var place = enter(body);
        try {
            if (!place.shares.tryAcquire(shares, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new JournalException(
                        "the batch that an earlier try of this create brought is not durable yet");
            }
        } catch (InterruptedException e) {
            leave(body);
            Thread.currentThread().interrupt();
            throw new StoppingException();
        } catch (JournalException e) {
            leave(body);
            throw e;
        }
        return () -> {
            place.shares.release(shares);
            leave(body);
        };
    }

    private Place enter(Body body) {
        synchronized (places) {
            var place = places.computeIfAbsent(body, _ -> new Place());
            place.users++;
            return place;
        }
    }

    private void leave(Body body) {
        synchronized (places) {
            var place = places.get(body);
            if (place != null && --place.users == 0) {
                places.remove(body);
            }
        }
    }
}
