package dev.nightmail.upstream.simulator;

import dev.nightmail.core.usage.Usage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** The simulated prompt cache. Remembers prefixes, never what they hold. Safe for many threads. */
final class PrefixMemory {

    private final InstantSource clock;
    private final Map<Long, Instant> expiries;

    PrefixMemory(int prefixesMax, InstantSource clock) {
        this.clock = clock;
        this.expiries =
                new LinkedHashMap<>(16, 0.75f, true) {
                    @Override
                    protected boolean removeEldestEntry(Map.Entry<Long, Instant> eldest) {
                        return size() > prefixesMax;
                    }
                };
    }

    /**
     * Accounts for the input of one request, and remembers its prefixes.
     *
     * @param cacheableTokensMin a shorter prefix is not cached
     */
    Usage account(Prompt prompt, int cacheableTokensMin) {
        var now = clock.instant();
        long read = 0;
        long created5m = 0;
        long created1h = 0;
        long covered = 0;
        synchronized (expiries) {
            for (var prefix : prompt.breakpoints()) {
                if (prefix.tokens() < cacheableTokensMin) {
                    continue;
                }
                long added = prefix.tokens() - covered;
                var expiry = expiries.get(prefix.hash());
                if (expiry != null && now.isBefore(expiry)) {
                    // A longer prefix that is known makes all before it a read.
                    read = prefix.tokens();
                    created5m = 0;
                    created1h = 0;
                } else if (prefix.isLong()) {
                    created1h += added;
                } else {
                    created5m += added;
                }
                covered = prefix.tokens();
                expiries.put(prefix.hash(), now.plus(prefix.ttl()));
            }
        }
        return new Usage(prompt.tokens() - covered, 0, created5m, created1h, read);
    }
}
