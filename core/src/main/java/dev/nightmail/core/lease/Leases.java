package dev.nightmail.core.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who may work on which chunk. At most one lease of a chunk is current. A lease that is not renewed
 * by its deadline lapses: the chunk may be taken by another, under a higher epoch. One thread.
 */
public final class Leases {

    private final Duration ttl;
    private final Map<ChunkId, Lease> current = new LinkedHashMap<>();
    private final Map<ChunkId, Long> epochs = new LinkedHashMap<>();

    public Leases(Duration ttl) {
        this.ttl = ttl;
    }

    /**
     * Gives the chunk to a worker, or renews what the worker already holds: even late, as long as
     * nobody has taken it away. A higher epoch would fence off the holder's own work.
     *
     * @throws IllegalStateException if another worker holds a lease that has not lapsed
     */
    public Lease take(ChunkId chunk, WorkerId worker, Instant now) {
        var held = current.get(chunk);
        if (held != null && held.holder().equals(worker)) {
            return renew(held, now);
        }
        if (held != null && now.isBefore(held.deadline())) {
            throw new IllegalStateException(
                    "chunk " + chunk.number() + " of " + chunk.batch() + " is taken");
        }
        long epoch = epochs.merge(chunk, 1L, Long::sum);
        var lease = new Lease(chunk, worker, epoch, now.plus(ttl));
        current.put(chunk, lease);
        return lease;
    }

    private Lease renew(Lease held, Instant now) {
        var renewed = new Lease(held.chunk(), held.holder(), held.epoch(), now.plus(ttl));
        current.put(held.chunk(), renewed);
        return renewed;
    }

    /** Whether the chunk is still in these hands. A lease that was renewed since is. */
    public boolean isCurrent(Lease lease) {
        var held = current.get(lease.chunk());
        return held != null && held.epoch() == lease.epoch();
    }

    /** Puts the deadline off, if the lease is still current: its holder has shown to be alive. */
    public void touch(Lease lease, Instant now) {
        var held = current.get(lease.chunk());
        if (held != null && held.epoch() == lease.epoch()) {
            renew(held, now);
        }
    }

    /**
     * Takes away every lease whose deadline has passed and returns them, in the order in which they
     * were first taken.
     */
    public List<Lease> lapse(Instant now) {
        var lapsed = new ArrayList<Lease>();
        for (var lease : current.values()) {
            if (!now.isBefore(lease.deadline())) {
                lapsed.add(lease);
            }
        }
        lapsed.forEach(lease -> current.remove(lease.chunk()));
        return lapsed;
    }

    /** The chunk is done with: nobody needs it any more. */
    public void release(ChunkId chunk) {
        current.remove(chunk);
        epochs.remove(chunk);
    }
}
