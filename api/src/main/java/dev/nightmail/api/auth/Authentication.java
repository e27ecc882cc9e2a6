package dev.nightmail.api.auth;

import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.key.Scope;

/** Tells who is calling. Safe for many threads. */
@FunctionalInterface
public interface Authentication {

    /**
     * @throws ApiError if the caller is nobody we know, or may not do this
     */
    Caller authenticate(Credentials credentials, Scope needed);
}
