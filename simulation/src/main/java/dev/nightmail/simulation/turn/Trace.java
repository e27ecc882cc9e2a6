package dev.nightmail.simulation.turn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What happened, as a digest of all and the text of the last. One strand at a time. */
public final class Trace {

    private final int keptMax;
    private final Deque<String> kept = new ArrayDeque<>();
    private long digest = 0xcbf29ce484222325L;
    private long length;

    /**
     * @param keptMax lines to be kept for a person; 0 for none
     */
    public Trace(int keptMax) {
        this.keptMax = keptMax;
    }

    public void add(int strand, long nanos, String what) {
        mix(strand);
        mix(nanos);
        mix(what.hashCode());
        length++;
        if (keptMax > 0) {
            if (kept.size() == keptMax) {
                kept.removeFirst();
            }
            kept.addLast("%.9f s, strand %d: %s".formatted(nanos / 1e9, strand, what));
        }
    }

    private void mix(long value) {
        digest = (digest ^ value) * 0x100000001b3L;
        digest ^= digest >>> 29;
    }

    public long digest() {
        return digest;
    }

    /** Steps in it. */
    public long length() {
        return length;
    }

    public List<String> kept() {
        return List.copyOf(kept);
    }
}
