package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;

/**
 * How many places are kept free for interactive calls: as many as there were at once lately, and a
 * few more, since a call of a batch that has begun does not give its place back. Where nobody calls
 * interactively, batches have all of them.
 */
final class InteractiveReserve {

    /** The most of the last so many slots is remembered. */
    private static final int SLOTS = 6;

    private static final Duration SLOT = Duration.ofSeconds(10);

    private final int[] most = new int[SLOTS];
    private long slot;
    private int now;

    void started(Instant time) {
        turnTo(time);
        now++;
        int index = index(slot);
        most[index] = Math.max(most[index], now);
    }

    void finished(Instant time) {
        turnTo(time);
        now--;
    }

    private void turnTo(Instant time) {
        long current = time.getEpochSecond() / SLOT.toSeconds();
        for (long next = Math.max(slot + 1, current - SLOTS + 1); next <= current; next++) {
            most[index(next)] = now;
        }
        slot = Math.max(slot, current);
    }

    private static int index(long slot) {
        return (int) Math.floorMod(slot, (long) SLOTS);
    }

    /** Places that batches leave alone, those in use by interactive calls included. */
    int places(Instant time) {
        turnTo(time);
        int peak = 0;
        for (int count : most) {
            peak = Math.max(peak, count);
        }
        return peak == 0 ? 0 : peak + (int) Math.ceil(Math.sqrt(peak) / 2);
    }
}
