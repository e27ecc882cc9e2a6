package dev.nightmail.core.schedule;

import dev.nightmail.core.upstream.Headroom.Limit;

/**
 * What a call is expected to take of an upstream's limits.
 *
 * @param inputTokens that count: none that are read from a cache
 */
record Cost(long inputTokens, long outputTokens) {

    long of(Limit limit) {
        return switch (limit) {
            case REQUESTS -> 1;
            case INPUT_TOKENS -> inputTokens;
            case OUTPUT_TOKENS -> outputTokens;
            case TOKENS -> inputTokens + outputTokens;
        };
    }
}
