package dev.nightmail.api.auth;

import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.Scope;
import dev.nightmail.core.key.WorkspaceId;
import java.util.EnumSet;
import java.util.Set;

/** Whose key a call came with, and what else that key may do. */
public record Caller(WorkspaceId workspace, KeyId key, Set<Scope> scopes) {
    public Caller {
        scopes = Set.copyOf(scopes);
    }

    /** One who may do everything. */
    public Caller(WorkspaceId workspace, KeyId key) {
        this(workspace, key, EnumSet.allOf(Scope.class));
    }

    public boolean allows(Scope scope) {
        return scope.isIn(scopes);
    }
}
