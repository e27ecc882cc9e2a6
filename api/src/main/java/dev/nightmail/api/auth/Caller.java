package dev.nightmail.api.auth;

import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;

/** Whose key a call came with. */
public record Caller(WorkspaceId workspace, KeyId key) {}
