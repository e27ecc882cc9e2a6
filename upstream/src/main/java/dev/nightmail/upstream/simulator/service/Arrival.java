package dev.nightmail.upstream.simulator.service;

import dev.nightmail.core.key.WorkspaceId;

/**
 * A request that reaches the service.
 *
 * @param identity tells this request from others, such as a hash of it: all chance comes from it
 *     and from the seed, so that the same request takes as long whatever came before
 * @param workspace whose cache it reads and writes; nobody else's
 * @param outputTokens how long the answer will be
 * @param outputTokensMax {@code max_tokens}
 */
public record Arrival(
        long identity,
        WorkspaceId workspace,
        String model,
        Prompt prompt,
        long outputTokens,
        long outputTokensMax) {

    /** More than any model reads or writes, and little enough for exact arithmetic. */
    public static final long TOKENS_MAX = 1_000_000_000;

    public Arrival {
        if (prompt.tokens() > TOKENS_MAX || outputTokensMax > TOKENS_MAX) {
            throw new IllegalArgumentException("a request has at most a billion tokens each way");
        }
        if (outputTokens < 0 || outputTokens > outputTokensMax) {
            throw new IllegalArgumentException(
                    "an answer of %d tokens does not fit into max_tokens %d"
                            .formatted(outputTokens, outputTokensMax));
        }
    }
}
