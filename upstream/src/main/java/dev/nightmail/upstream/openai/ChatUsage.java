package dev.nightmail.upstream.openai;

import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.json.RawJson;
import java.util.OptionalLong;

/**
 * What an answer used, as the server tells it.
 *
 * @param prompt all tokens of the prompt, those read from a cache included
 * @param cacheRead how many of them were read from a cache
 * @param completion all tokens the model wrote, its thoughts included
 * @param thinking how many of them were thoughts; empty if that is not told
 */
record ChatUsage(long prompt, long cacheRead, long completion, OptionalLong thinking) {

    /** A server that says nothing is believed to charge nothing. */
    static final ChatUsage UNTOLD = new ChatUsage(0, 0, 0, OptionalLong.empty());

    static ChatUsage of(RawJson.Members usage) {
        long prompt = tokens(usage.count("prompt_tokens"));
        var promptDetails = usage.object("prompt_tokens_details");
        var cached =
                promptDetails == null
                        // DeepSeek's own name for it.
                        ? usage.count("prompt_cache_hit_tokens")
                        : promptDetails.count("cached_tokens");
        var completionDetails = usage.object("completion_tokens_details");
        return new ChatUsage(
                prompt,
                Math.min(prompt, cached.orElse(0)),
                tokens(usage.count("completion_tokens")),
                completionDetails == null
                        ? OptionalLong.empty()
                        : completionDetails.count("reasoning_tokens"));
    }

    private static long tokens(OptionalLong told) {
        return told.isPresent() && told.getAsLong() <= Usage.TOKENS_MAX ? told.getAsLong() : 0;
    }

    /** Tokens that were not read from a cache. Writing to one is not billed, nor told. */
    long input() {
        return prompt - cacheRead;
    }

    Usage usage() {
        return new Usage(input(), completion, 0, 0, cacheRead);
    }
}
