package dev.nightmail.upstream.simulator.service;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/** The places of a service and the line in front of them: first come, first served. */
final class Places {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Capacity capacity;

    /** For each place in use, when the last request that was given it is done. */
    private final PriorityQueue<Long> busyUntil = new PriorityQueue<>();

    /** When those that wait will begin, which is in the order of their coming. */
    private final Deque<Long> waiting = new ArrayDeque<>();

    /** When all that was promised can be written, if answers share one machine. */
    private long writtenNanos;

    Places(Capacity capacity) {
        this.capacity = capacity;
    }

    void advance(long nowMicros) {
        while (!waiting.isEmpty() && waiting.peek() <= nowMicros) {
            waiting.remove();
        }
        while (!busyUntil.isEmpty() && busyUntil.peek() <= nowMicros) {
            busyUntil.remove();
        }
    }

    /** When a request that comes now would begin; empty if it finds no room even to wait. */
    OptionalLong nextBeginning(long nowMicros) {
        var soonest = busyUntil.peek();
        if (soonest == null || busyUntil.size() < capacity.places()) {
            return OptionalLong.of(nowMicros);
        }
        return waiting.size() < capacity.waitingMax()
                ? OptionalLong.of(soonest)
                : OptionalLong.empty();
    }

    /**
     * Gives a place away, to work on from the time that {@link #nextBeginning} said.
     *
     * @param aloneMicros when the answer would be written, were no others
     * @return when it is written
     */
    long take(
            long nowMicros,
            long beginsMicros,
            long firstTokenMicros,
            long aloneMicros,
            long tokens) {
        long done = Math.max(aloneMicros, sharedMicros(firstTokenMicros, tokens));
        if (busyUntil.size() == capacity.places()) {
            busyUntil.remove();
        }
        busyUntil.add(done);
        if (beginsMicros > nowMicros) {
            waiting.add(beginsMicros);
        }
        return done;
    }

    /**
     * When one machine has written this answer after all that it promised before. So it never
     * writes more than it can, and is never idle while there is something to write; which of two
     * answers is done first may differ from a machine that takes turns at every token.
     */
    private long sharedMicros(long firstTokenMicros, long tokens) {
        long perSecond = capacity.decodeTokensPerSecond();
        if (perSecond == 0) {
            return firstTokenMicros;
        }
        writtenNanos =
                Math.max(writtenNanos, firstTokenMicros * 1000)
                        + Math.ceilDiv(tokens * NANOS_PER_SECOND, perSecond);
        return Math.ceilDiv(writtenNanos, 1000L);
    }
}
