package dev.nightmail.api.auth;

import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.key.KeyCatalog;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.KeySecret;
import dev.nightmail.core.key.Scope;
import dev.nightmail.core.key.WorkspaceId;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Knows callers by keys that were made for them. A key comes in {@code x-api-key} or as a bearer
 * token, and means the same in either. As long as no key was ever made, every key is good and leads
 * to the workspace {@code default}.
 */
public final class Authenticator implements Authentication {

    private final KeyLookup keys;

    public Authenticator(KeyCatalog catalog, InstantSource clock) {
        this.keys = new KeyLookup(catalog, clock);
    }

    @Override
    public Caller authenticate(Credentials credentials, Scope needed) {
        var secret = credentials.key();
        if (!keys.anyExist()) {
            return new Caller(WorkspaceId.DEFAULT, KeyId.ANY);
        }
        // The checksum spares the catalog whatever is no key of ours.
        var key =
                Optional.of(secret)
                        .filter(KeySecret::isWellFormed)
                        .flatMap(wellFormed -> keys.find(wellFormed.sha256()))
                        .filter(found -> !found.isRevoked())
                        .orElseThrow(() -> Credentials.unauthenticated("invalid API key"));
        var workspace = credentials.workspace();
        if (workspace != null && !workspace.strip().equals(key.workspace().value())) {
            throw ApiError.of(
                    ErrorType.PERMISSION_ERROR,
                    "anthropic-workspace-id: this key belongs to another workspace");
        }
        if (!key.allows(needed)) {
            throw ApiError.of(
                    ErrorType.PERMISSION_ERROR,
                    "this key may not do that: it lacks the scope '" + needed.wireName() + "'");
        }
        return new Caller(key.workspace(), key.id());
    }
}
