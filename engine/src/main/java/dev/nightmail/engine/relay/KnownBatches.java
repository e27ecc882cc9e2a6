package dev.nightmail.engine.relay;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The batches of a provider that are known to be those of relays: nobody else's search ends there.
 */
final class KnownBatches {

    private final Set<String> ids = ConcurrentHashMap.newKeySet();

    void add(String providerId) {
        ids.add(providerId);
    }

    boolean contains(String providerId) {
        return ids.contains(providerId);
    }
}
