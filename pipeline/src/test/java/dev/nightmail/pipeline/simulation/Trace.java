package dev.nightmail.pipeline.simulation;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What happened, as a digest of all and the text of the last. */
final class Trace {

    private final int keptMax;
    private final Deque<String> kept = new ArrayDeque<>();
    private long digest = 0xcbf29ce484222325L;
    private long length;

    /**
     * @param keptMax lines to be kept for a person; 0 for none
     */
    Trace(int keptMax) {
        this.keptMax = keptMax;
    }

    void add(Instant now, int strand, String what) {
        mix(now.toEpochMilli());
        mix(strand);
        mix(what.hashCode());
        length++;
        if (keptMax > 0) {
            if (kept.size() == keptMax) {
                kept.removeFirst();
            }
            kept.addLast(now + " strand " + strand + ": " + what);
        }
    }

    void mix(long value) {
        digest = (digest ^ value) * 0x100000001b3L;
        digest ^= digest >>> 29;
    }

    long digest() {
        return digest;
    }

    long length() {
        return length;
    }

    List<String> kept() {
        return List.copyOf(kept);
    }
}
