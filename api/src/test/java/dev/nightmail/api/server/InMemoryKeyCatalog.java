package dev.nightmail.api.server;

import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeyCatalog;
import dev.nightmail.core.key.KeyId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keys in memory; counts how often it is asked. */
public final class InMemoryKeyCatalog implements KeyCatalog {

    private final Map<String, ApiKey> keys = new LinkedHashMap<>();
    private int lookups;

    @Override
    public synchronized void insert(ApiKey key, String sha256) {
        keys.put(sha256, key);
    }

    @Override
    public synchronized Optional<ApiKey> findByHash(String sha256) {
        lookups++;
        return Optional.ofNullable(keys.get(sha256));
    }

    @Override
    public synchronized List<ApiKey> list() {
        return List.copyOf(keys.values());
    }

    @Override
    public synchronized boolean anyExist() {
        return !keys.isEmpty();
    }

    @Override
    public synchronized boolean revoke(KeyId id, Instant now) {
        for (var entry : keys.entrySet()) {
            var key = entry.getValue();
            if (key.id().equals(id) && !key.isRevoked()) {
                entry.setValue(
                        new ApiKey(
                                key.id(),
                                key.workspace(),
                                key.name(),
                                key.scopes(),
                                key.createdAt(),
                                now));
                return true;
            }
        }
        return false;
    }

    public synchronized int lookups() {
        return lookups;
    }
}
