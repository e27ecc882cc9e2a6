package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.relay.RequestNumbers;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for the next relays to one provider, in pools of those that may travel
 * together. From a pool they are taken fairly: the key that has had least by its weight goes first,
 * in slices, and within a key the batch that is due first.
 */
final class RelayQueue {

    /** What an entry of the provider's batch takes beside the line it had in our log. */
    private static final int ENTRY_BYTES = 64;

    /** {@code {"requests":[…]}}. */
    private static final int ENVELOPE_BYTES = 16;

    /** So many of one batch before it is the next one's turn. */
    private static final int SLICE = 64;

    private final RelayLimits limits;
    private final Weights weights;
    private final Map<RelayTerms, Pool> pools = new LinkedHashMap<>();
    private final Map<KeyId, Served> served = new HashMap<>();
    private final Served.Level level = new Served.Level();

    RelayQueue(RelayLimits limits, Weights weights) {
        this.limits = limits;
        this.weights = weights;
    }

    /** Requests of one batch. They wait here as long as it has a place in a pool. */
    static final class Waiting {
        private final RunningBatch batch;
        private final BitSet numbers = new BitSet();
        private int count;
        private long bytes;

        Waiting(RunningBatch batch) {
            this.batch = batch;
        }

        RunningBatch batch() {
            return batch;
        }

        private KeyId key() {
            return batch.batch().header().key();
        }

        private void add(int number) {
            numbers.set(number);
            count++;
            bytes += entryBytes(batch, number);
        }

        private void remove(int number) {
            numbers.clear(number);
            count--;
            bytes -= entryBytes(batch, number);
        }
    }

    private static long entryBytes(RunningBatch batch, int number) {
        return (long) batch.requests().lineBytes(number) + ENTRY_BYTES;
    }

    private static final class Pool {
        private static final Comparator<Waiting> BY_DEADLINE =
                Comparator.comparing(
                                (Waiting waiting) -> waiting.batch.batch().header().expiresAt())
                        .thenComparing(waiting -> waiting.batch.id());

        private final TreeSet<Waiting> waiting = new TreeSet<>(BY_DEADLINE);

        /**
         * When the first came; it goes as soon as that one has lingered, with all that is there.
         */
        private final Instant since;

        private long count;
        private long bytes;

        Pool(Instant since) {
            this.since = since;
        }
    }

    /** Adds a request, which waits once its batch {@link #enter}s. */
    void add(Waiting waiting, int number) {
        if (waiting.numbers.get(number)) {
            return;
        }
        leave(waiting);
        waiting.add(number);
    }

    /** From here on the requests of this batch may be taken. */
    void enter(Waiting waiting, Instant steady) {
        if (waiting.count == 0) {
            return;
        }
        var pool =
                pools.computeIfAbsent(
                        RelayTerms.of(waiting.batch.batch().header()), _ -> new Pool(steady));
        if (pool.waiting.add(waiting)) {
            pool.count += waiting.count;
            pool.bytes += waiting.bytes;
            served(waiting.key(), waiting.batch).join(level);
        }
    }

    void leave(Waiting waiting) {
        var terms = RelayTerms.of(waiting.batch.batch().header());
        var pool = pools.get(terms);
        if (pool != null && pool.waiting.remove(waiting)) {
            pool.count -= waiting.count;
            pool.bytes -= waiting.bytes;
            if (pool.waiting.isEmpty()) {
                pools.remove(terms);
            }
        }
    }

    /** What was taken for a relay, and must be given a name. */
    record Load(RelayTerms terms, List<Relay.Part> parts) {}

    /**
     * Takes out the next load that is due: one that is full, or whose requests have waited long
     * enough; null if there is none.
     *
     * @param room requests the provider has room for, at least 1
     */
    @Nullable Load next(int room, Instant steady) {
        for (var entries = pools.entrySet().iterator(); entries.hasNext(); ) {
            var entry = entries.next();
            if (isDue(entry.getValue(), room, steady)) {
                dropTaken(entry.getValue());
                if (!entry.getValue().waiting.isEmpty()) {
                    return take(entry.getKey(), entry.getValue(), Math.min(loadMax(), room));
                }
                entries.remove();
            }
        }
        return null;
    }

    /** Where its model has another route by now, a call may have taken a request meanwhile. */
    private static void dropTaken(Pool pool) {
        for (var waitings = pool.waiting.iterator(); waitings.hasNext(); ) {
            var waiting = waitings.next();
            for (int number = waiting.numbers.nextSetBit(0);
                    number >= 0;
                    number = waiting.numbers.nextSetBit(number + 1)) {
                if (!waiting.batch.isPending(number)) {
                    pool.count--;
                    pool.bytes -= entryBytes(waiting.batch, number);
                    waiting.remove(number);
                }
            }
            if (waiting.count == 0) {
                waitings.remove();
            }
        }
    }

    /**
     * It waits for room rather than going in crumbs, but no longer than until there is as much as
     * each of the relays has when all of them share all the room there is.
     */
    private boolean isDue(Pool pool, int room, Instant steady) {
        long load = Math.min(pool.count, loadMax());
        boolean full = pool.count >= loadMax() || pool.bytes >= limits.bytesMax() - ENVELOPE_BYTES;
        int share = Math.max(1, limits.queuedMax() / limits.relaysMax());
        return room >= Math.min(load, share)
                && (full || !steady.isBefore(pool.since.plus(limits.linger())));
    }

    private int loadMax() {
        return Math.min(limits.requestsMax(), limits.queuedMax());
    }

    private Load take(RelayTerms terms, Pool pool, int requestsMax) {
        int left = requestsMax;
        long bytesLeft = limits.bytesMax() - ENVELOPE_BYTES;
        var taken = new LinkedHashMap<Waiting, BitSet>();
        var lines = lines(pool);
        boolean full = false;
        while (!full && left > 0 && !lines.isEmpty()) {
            var line = leastServed(lines);
            var waiting = line.batches().getFirst();
            var numbers = taken.computeIfAbsent(waiting, _ -> new BitSet());
            int number = waiting.numbers.nextSetBit(0);
            for (int slice = 0; slice < SLICE && left > 0 && number >= 0; slice++) {
                long entryBytes = entryBytes(waiting.batch, number);
                if (entryBytes > bytesLeft && left < requestsMax) {
                    full = true;
                    break;
                }
                numbers.set(number);
                left--;
                bytesLeft -= entryBytes;
                pool.count--;
                pool.bytes -= entryBytes;
                waiting.remove(number);
                line.served().charge(Sending.tokens(waiting.batch.requests(), number), level);
                number = waiting.numbers.nextSetBit(number + 1);
            }
            if (number < 0) {
                pool.waiting.remove(waiting);
                line.batches().removeFirst();
                if (line.batches().isEmpty()) {
                    lines.remove(line);
                }
            }
        }
        if (pool.waiting.isEmpty()) {
            pools.remove(terms);
        }
        return new Load(terms, parts(taken));
    }

    /** How many batches wait. */
    int batches() {
        return (int)
                pools.values().stream()
                        .flatMap(pool -> pool.waiting.stream())
                        .map(waiting -> waiting.batch.id())
                        .distinct()
                        .count();
    }

    /** How many requests wait. */
    int requests() {
        return Math.toIntExact(
                Math.min(
                        Integer.MAX_VALUE,
                        pools.values().stream().mapToLong(pool -> pool.count).sum()));
    }

    private Served served(KeyId key, RunningBatch of) {
        return served.computeIfAbsent(
                key, _ -> new Served(weights.of(of.batch().header().workspace())));
    }

    /** The batches of one key that wait in a pool, by deadline. */
    private record Line(Served served, ArrayDeque<Waiting> batches) {}

    private List<Line> lines(Pool pool) {
        var lines = new TreeMap<String, Line>();
        for (var waiting : pool.waiting) {
            var key = waiting.key();
            lines.computeIfAbsent(
                            key.value(),
                            _ -> new Line(served(key, waiting.batch), new ArrayDeque<>()))
                    .batches()
                    .add(waiting);
        }
        return new ArrayList<>(lines.values());
    }

    /** Few keys wait at one time; of those level with each other the first by name. */
    private Line leastServed(List<Line> lines) {
        var least = lines.getFirst();
        for (var line : lines) {
            if (line.served().tokens() < least.served().tokens()) {
                least = line;
            }
        }
        return least;
    }

    /** In order of batch, so that the same requests make the same relay. */
    private static List<Relay.Part> parts(Map<Waiting, BitSet> taken) {
        var parts = new TreeMap<BatchId, Relay.Part>();
        taken.forEach((waiting, numbers) -> {
            if (!numbers.isEmpty()) {
                var id = waiting.batch.id();
                parts.put(id, new Relay.Part(id, RequestNumbers.of(numbers)));
            }
        });
        return List.copyOf(parts.values());
    }
}
