package dev.nightmail.core.request;

import java.time.Duration;

/**
 * A place in a prompt up to which a service may keep it in its cache.
 *
 * @param hash of everything before that place, longer prefixes including shorter ones: the same
 *     hash is taken for the same prefix, so of two that collide one is ordered badly and nothing
 *     worse
 * @param tokens a rough estimate of everything before it
 * @param marked whether the request asks for it with {@code cache_control}; else it is the end of
 *     what is the same for many requests (tools and system), which some services cache unasked
 * @param forAnHour whether it asks for {@code "ttl":"1h"}; the default is five minutes
 */
public record Breakpoint(int hash, int tokens, boolean marked, boolean forAnHour) {

    /** The wire allows no more in one request (wire contract, section 7). */
    public static final int PER_REQUEST_MAX = 4;

    public Breakpoint {
        if (tokens < 0) {
            throw new IllegalArgumentException("token counts are not negative");
        }
    }

    /** How long the service keeps it, from the beginning of the call that last used it. */
    public Duration ttl() {
        return forAnHour ? Duration.ofHours(1) : Duration.ofMinutes(5);
    }
}
