package dev.nightmail.core.key;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is kept of an API key. The key itself is not: only its SHA-256, in {@link KeyCatalog}. */
public record ApiKey(
        KeyId id,
        WorkspaceId workspace,
        String name,
        Set<Scope> scopes,
        Instant createdAt,
        @Nullable Instant revokedAt) {

    public ApiKey {
        scopes = Set.copyOf(scopes);
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("a key needs at least one scope");
        }
        if (name.isBlank() || name.length() > 100) {
            throw new IllegalArgumentException("name: expected 1 to 100 characters");
        }
    }

    public boolean allows(Scope scope) {
        return scope.isIn(scopes);
    }

    public boolean isRevoked() {
        return revokedAt != null;
    }
}
