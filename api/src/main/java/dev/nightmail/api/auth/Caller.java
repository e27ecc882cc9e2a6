package dev.nightmail.api.auth;

import dev.nightmail.core.batch.WorkspaceId;
import dev.nightmail.core.key.KeyId;

/** Whose key a call came with. */
public record Caller(WorkspaceId workspace, KeyId key) {}
