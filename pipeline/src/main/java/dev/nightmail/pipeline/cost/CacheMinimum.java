package dev.nightmail.pipeline.cost;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The shortest prompt prefix a model caches. A shorter one that is marked is no error: it is paid
 * for in full, and nobody says so. Source: wire contract, section 7, documented on 2026-08-22.
 */
public final class CacheMinimum {

    /** By how the model's name begins; the first that fits. */
    private static final Map<String, Integer> TOKENS = tokens();

    private CacheMinimum() {}

    private static Map<String, Integer> tokens() {
        var tokens = new LinkedHashMap<String, Integer>();
        tokens.put("claude-opus-4-8", 1024);
        tokens.put("claude-opus-4-7", 2048);
        tokens.put("claude-opus-4-6", 4096);
        tokens.put("claude-opus-4-5", 4096);
        tokens.put("claude-opus-4", 1024);
        tokens.put("claude-sonnet-4", 1024);
        tokens.put("claude-haiku-4-5", 4096);
        tokens.put("claude-3-5-haiku", 2048);
        return tokens;
    }

    /** Those that are a generation of their own; a later one is another. */
    private static final Map<String, Integer> EXACT =
            Map.of(
                    "claude-opus-5", 512,
                    "claude-fable-5", 512,
                    "claude-mythos-5", 512,
                    "claude-sonnet-5", 1024);

    /** Empty if it is not documented. */
    public static OptionalInt of(String model) {
        var exact = EXACT.get(model);
        if (exact != null) {
            return OptionalInt.of(exact);
        }
        return TOKENS.entrySet().stream()
                .filter(entry -> model.startsWith(entry.getKey()))
                .mapToInt(Map.Entry::getValue)
                .findFirst();
    }

    /** Whether a prefix of so many tokens is cached, as far as is known. */
    public static boolean admits(String model, long tokens) {
        var least = of(model);
        return least.isEmpty() || tokens >= least.getAsInt();
    }
}
