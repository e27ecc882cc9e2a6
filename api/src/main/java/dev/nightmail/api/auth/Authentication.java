package dev.nightmail.api.auth;

import dev.nightmail.core.key.Scope;

/** Tells who is calling. Safe for many threads. */
@FunctionalInterface
public interface Authentication {

    /**
     * @throws RefusedCall if the caller is nobody we know, or may not do this
     */
    Caller authenticate(Credentials credentials, Scope needed);

    /**
     * Whether any key at all is let in, so that keys protect nothing: calls then have to show that
     * they come from this machine.
     */
    default boolean isOpen() {
        return false;
    }
}
