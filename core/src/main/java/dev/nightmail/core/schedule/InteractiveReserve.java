package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;

/**
 * How many places are kept free for interactive calls: as many as they take now, or took lately on
 * average, and a few more. Few, since calls of batches end all the time and each gives its place
 * back; but not none, since one that has begun does not give it back sooner. Where nobody calls
 * interactively, batches have all of them.
 */
final class InteractiveReserve {

    /** What was longer ago hardly counts. */
    private static final double MEMORY_SECONDS = 10;

    /** Fewer than this, on average, are none. */
    private static final double NOBODY = 0.05;

    private int inFlight;
    private double average;
    private Instant averagedAt = Instant.EPOCH;

    void started(Instant now) {
        remember(now);
        inFlight++;
    }

    void finished(Instant now) {
        remember(now);
        inFlight--;
    }

    private void remember(Instant now) {
        double elapsed = Duration.between(averagedAt, now).toMillis() / 1e3;
        if (elapsed > 0) {
            average = inFlight + (average - inFlight) * Math.exp(-elapsed / MEMORY_SECONDS);
            averagedAt = now;
        }
    }

    /** Places that batches leave alone, those in use by interactive calls included. */
    int places(Instant now) {
        remember(now);
        double wanted = Math.max(inFlight, average);
        return wanted < NOBODY ? 0 : (int) Math.ceil(wanted + Math.sqrt(wanted) / 2);
    }
}
