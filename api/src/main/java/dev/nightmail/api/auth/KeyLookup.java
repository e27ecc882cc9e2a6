package dev.nightmail.api.auth;

import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeyCatalog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for a moment what the catalog said, so that a busy client does not cost a query a call.
 * A key made or revoked, by this process or another, takes effect within {@link #TTL}.
 */
final class KeyLookup {

    static final Duration TTL = Duration.ofMillis(500);

    /** Beyond it everything is forgotten: cheaper than telling the old from the new. */
    static final int ENTRIES_MAX = 1_000;

    private record Answer(@Nullable ApiKey key, long askedMillis) {
        /** A clock that was set back makes no answer last longer. */
        boolean isFresh(long nowMillis) {
            return isWithinTtl(askedMillis, nowMillis);
        }
    }

    private static boolean isWithinTtl(long askedMillis, long nowMillis) {
        return nowMillis >= askedMillis && nowMillis - askedMillis < TTL.toMillis();
    }

    private final KeyCatalog catalog;
    private final InstantSource clock;
    private final ConcurrentHashMap<String, Answer> answers = new ConcurrentHashMap<>();
    private volatile boolean anyExist;
    private volatile long noneAtMillis = Long.MAX_VALUE;

    KeyLookup(KeyCatalog catalog, InstantSource clock) {
        this.catalog = catalog;
        this.clock = clock;
    }

    Optional<ApiKey> find(String sha256) {
        long now = clock.millis();
        var known = answers.get(sha256);
        if (known == null || !known.isFresh(now)) {
            known = new Answer(catalog.findByHash(sha256).orElse(null), now);
            if (answers.size() >= ENTRIES_MAX) {
                answers.clear();
            }
            answers.put(sha256, known);
        }
        return Optional.ofNullable(known.key());
    }

    /** Whether a key was ever made. There is no way back from yes. */
    boolean anyExist() {
        long now = clock.millis();
        if (!anyExist && !isWithinTtl(noneAtMillis, now)) {
            anyExist = catalog.anyExist();
            noneAtMillis = now;
        }
        return anyExist;
    }
}
