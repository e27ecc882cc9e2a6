package dev.nightmail.api.auth;

import dev.nightmail.api.auth.RefusedCall.Reason;
import dev.nightmail.core.key.KeyCatalog;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.KeySecret;
import dev.nightmail.core.key.Scope;
import dev.nightmail.core.key.WorkspaceId;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
        if (isOpen()) {
            return new Caller(WorkspaceId.DEFAULT, KeyId.ANY);
        }
        // The checksum spares the catalog whatever is no key of ours.
        var key =
                Optional.of(secret)
                        .filter(KeySecret::isWellFormed)
                        .flatMap(wellFormed -> keys.find(wellFormed.sha256()))
                        .orElseThrow(() -> invalid(Reason.UNKNOWN_KEY, null));
        if (key.isRevoked()) {
            throw invalid(Reason.REVOKED_KEY, key.id());
        }
        var workspace = credentials.workspace();
        if (workspace != null && !workspace.strip().equals(key.workspace().value())) {
            throw RefusedCall.forbidden(
                    Reason.OTHER_WORKSPACE,
                    key.id(),
                    "anthropic-workspace-id: this key belongs to another workspace");
        }
        if (!key.allows(needed)) {
            throw RefusedCall.forbidden(
                    Reason.MISSING_SCOPE,
                    key.id(),
                    "this key may not do that: it lacks the scope '" + needed.wireName() + "'");
        }
        return new Caller(key.workspace(), key.id(), key.scopes());
    }

    /** In the same words for both: a stranger does not learn which keys there were. */
    private static RefusedCall invalid(Reason reason, @Nullable KeyId key) {
        return RefusedCall.unauthenticated(reason, key, "invalid API key");
    }

    @Override
    public boolean isOpen() {
        return !keys.anyExist();
    }
}
