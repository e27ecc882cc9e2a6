package dev.nightmail.api.auth;

import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.Scope;
import dev.nightmail.core.key.WorkspaceId;

/** Takes any key there is, and gives each a workspace of its own. */
public final class AnyKey implements Authentication {

    private static final int DIGITS = 20;

    @Override
    public Caller authenticate(Credentials credentials, Scope needed) {
        var hash = credentials.key().sha256();
        return new Caller(new WorkspaceId("wrkspc_" + hash.substring(0, DIGITS)), KeyId.ANY);
    }
}
