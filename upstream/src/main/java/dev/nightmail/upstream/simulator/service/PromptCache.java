package dev.nightmail.upstream.simulator.service;

import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.usage.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prefixes that are cached, by the rules of the wire contract (section 7).
 *
 * <p>A request writes a prefix for each block it marks. It reads the longest one that is there, be
 * it of a marked block or of one of the blocks just before. A prefix that one request writes is
 * there for others when the answer to that request begins, and lives for its ttl after the
 * beginning of whichever request last wrote or read it.
 *
 * <p>Requests are looked up in the order in which work on them begins.
 */
final class PromptCache {

    private final CacheRules rules;
    private final Map<Key, Cached> entries;

    private record Key(WorkspaceId workspace, String model, long prefixHash) {}

    /**
     * @param expiresAt no longer there at this very time
     */
    private record Cached(long usableFrom, long expiresAt, CacheTtl ttl) {
        static Cached of(long usableFrom, long begins, CacheTtl ttl) {
            return new Cached(usableFrom, begins + Micros.of(ttl.duration()), ttl);
        }

        boolean isUsable(long now) {
            return now >= usableFrom && now < expiresAt;
        }

        Cached readAt(long now) {
            return new Cached(
                    usableFrom, Math.max(expiresAt, now + Micros.of(ttl.duration())), ttl);
        }

        /** Two wrote the same: the first that answers makes it usable, the longer ttl counts. */
        Cached and(Cached other) {
            return new Cached(
                    Math.min(usableFrom, other.usableFrom),
                    Math.max(expiresAt, other.expiresAt),
                    ttl.compareTo(other.ttl) < 0 ? other.ttl : ttl);
        }
    }

    /**
     * What a request finds.
     *
     * @param marked the blocks that are, and long enough, in order
     * @param hit the longest prefix that is there; null if none is
     * @param usage of the input
     */
    record Lookup(List<Prompt.Block> marked, Prompt.@Nullable Block hit, Usage usage) {}

    PromptCache(CacheRules rules) {
        this.rules = rules;
        this.entries =
                new LinkedHashMap<>(16, 0.75f, true) {
                    @Override
                    protected boolean removeEldestEntry(Map.Entry<Key, Cached> eldest) {
                        return size() > rules.prefixesMax();
                    }
                };
    }

    /** What a request would find that begins at a time; nothing is changed by it. */
    Lookup lookUp(Arrival arrival, long beginsMicros) {
        var blocks = arrival.prompt().blocks();
        int tokensMin = rules.tokensMin(arrival.model());
        var marked = new ArrayList<Prompt.Block>();
        Prompt.Block hit = null;
        int reach = Integer.MAX_VALUE;
        for (int i = blocks.size() - 1; i >= 0; i--) {
            var block = blocks.get(i);
            if (block.prefixTokens() < tokensMin) {
                break;
            }
            if (block.mark() != null) {
                marked.addFirst(block);
                reach = i - rules.lookBackBlocks();
            }
            if (hit == null && i > reach && isUsable(arrival, block, beginsMicros)) {
                hit = block;
            }
        }
        return new Lookup(marked, hit, usage(arrival.prompt().tokens(), marked, hit));
    }

    private boolean isUsable(Arrival arrival, Prompt.Block block, long now) {
        var entry = entries.get(key(arrival, block));
        return entry != null && entry.isUsable(now);
    }

    private static Usage usage(long tokens, List<Prompt.Block> marked, Prompt.@Nullable Block hit) {
        long read = hit == null ? 0 : hit.prefixTokens();
        long covered = read;
        long written5m = 0;
        long written1h = 0;
        for (var block : marked) {
            long added = Math.max(0, block.prefixTokens() - covered);
            covered += added;
            switch (ttl(block)) {
                case FIVE_MINUTES -> written5m += added;
                case ONE_HOUR -> written1h += added;
            }
        }
        return new Usage(tokens - covered, 0, written5m, written1h, read);
    }

    /** The request begins: what it reads lives on, what it writes is there from its first token. */
    void begin(Arrival arrival, Lookup lookup, long beginsMicros, long firstTokenMicros) {
        var hit = lookup.hit();
        if (hit != null) {
            entries.computeIfPresent(key(arrival, hit), (_, entry) -> entry.readAt(beginsMicros));
        }
        for (var block : lookup.marked()) {
            boolean isRead = hit != null && block.prefixTokens() <= hit.prefixTokens();
            // What lies inside a prefix that was read is there already, whether it had an entry of
            // its own or not.
            long usableFrom = isRead ? beginsMicros : firstTokenMicros;
            var fresh = Cached.of(usableFrom, beginsMicros, ttl(block));
            entries.compute(
                    key(arrival, block),
                    (_, known) -> {
                        if (known == null || beginsMicros >= known.expiresAt()) {
                            return fresh;
                        }
                        return isRead ? known.readAt(beginsMicros) : known.and(fresh);
                    });
        }
    }

    private static CacheTtl ttl(Prompt.Block marked) {
        return marked.mark() == CacheTtl.ONE_HOUR ? CacheTtl.ONE_HOUR : CacheTtl.FIVE_MINUTES;
    }

    private static Key key(Arrival arrival, Prompt.Block block) {
        return new Key(arrival.workspace(), arrival.model(), block.prefixHash());
    }
}
