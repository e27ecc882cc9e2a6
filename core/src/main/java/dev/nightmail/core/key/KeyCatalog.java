package dev.nightmail.core.key;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where keys are kept, by hash. Writes are durable on return. Safe for many threads and for several
 * processes.
 */
public interface KeyCatalog {

    /**
     * @param sha256 of the secret, lower-case hex
     */
    void insert(ApiKey key, String sha256);

    /** The key with this hash, revoked or not. */
    Optional<ApiKey> findByHash(String sha256);

    /** All keys ever made, oldest first. */
    List<ApiKey> list();

    /** Whether any key was ever made: from then on, keys are required. */
    boolean anyExist();

    /**
     * @return whether there was such a key, not revoked before
     */
    boolean revoke(KeyId id, Instant now);
}
