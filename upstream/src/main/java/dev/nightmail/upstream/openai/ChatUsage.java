package dev.nightmail.upstream.openai;

import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.json.RawJson;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

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

    /**
     * Looks for it in all places where it is found: beside the choices, in the choice (Moonshot's
     * streams), or in an object of the server's own (Groq's).
     *
     * @return null if nothing is told
     */
    static @Nullable ChatUsage in(RawJson.Members payload, RawJson.@Nullable Members choice) {
        var groq = payload.object("x_groq");
        for (var holder : new RawJson.@Nullable Members[] {payload, choice, groq}) {
            var usage = holder == null ? null : holder.object("usage");
            if (usage != null && isTold(usage)) {
                return of(usage);
            }
        }
        return null;
    }

    private static boolean isTold(RawJson.Members usage) {
        return usage.count("prompt_tokens").isPresent()
                || usage.count("completion_tokens").isPresent();
    }

    private static ChatUsage of(RawJson.Members usage) {
        long prompt = tokens(usage.count("prompt_tokens"));
        var thinking = thinking(usage);
        return new ChatUsage(
                prompt, Math.min(prompt, cached(usage)), completion(usage, thinking), thinking);
    }

    private static long cached(RawJson.Members usage) {
        var details = usage.object("prompt_tokens_details");
        var cached = details == null ? OptionalLong.empty() : details.count("cached_tokens");
        // DeepSeek's own name for it, then Moonshot's.
        for (var name : new String[] {"prompt_cache_hit_tokens", "cached_tokens"}) {
            cached = cached.isPresent() ? cached : usage.count(name);
        }
        return cached.orElse(0);
    }

    private static OptionalLong thinking(RawJson.Members usage) {
        var details = usage.object("completion_tokens_details");
        var thinking = details == null ? OptionalLong.empty() : details.count("reasoning_tokens");
        return thinking.isPresent() ? thinking : usage.count("reasoning_tokens");
    }

    /**
     * Some count the thoughts beside what was said, and not as a part of it: then there are more of
     * them than of both together, or the total is larger than its parts.
     */
    private static long completion(RawJson.Members usage, OptionalLong thinking) {
        long told = tokens(usage.count("completion_tokens"));
        var prompt = usage.count("prompt_tokens");
        var total = usage.count("total_tokens");
        if (prompt.isPresent() && total.isPresent()) {
            return Math.max(told, tokens(total) - tokens(prompt));
        }
        long thoughts = tokens(thinking);
        return thoughts > told ? tokens(OptionalLong.of(told + thoughts)) : told;
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
