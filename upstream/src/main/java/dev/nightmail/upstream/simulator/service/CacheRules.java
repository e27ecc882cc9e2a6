package dev.nightmail.upstream.simulator.service;

import java.util.Map;

/**
 * What the prompt cache takes.
 *
 * @param tokensMin by model: a shorter prefix is not cached, silently
 * @param tokensMinOthers the same for models that are not listed
 * @param lookBackBlocks how many blocks, a marked one and those before it, are looked up for a
 *     prefix that is cached
 * @param prefixesMax how many it holds; the one used longest ago makes room
 */
public record CacheRules(
        Map<String, Integer> tokensMin, int tokensMinOthers, int lookBackBlocks, int prefixesMax) {

    /** A minimum of 1,024 tokens, as most models have; the published look-back of 20 blocks. */
    public static final CacheRules USUAL = new CacheRules(Map.of(), 1024, 20, 10_000);

    public CacheRules {
        tokensMin = Map.copyOf(tokensMin);
        if (lookBackBlocks < 1 || prefixesMax < 1) {
            throw new IllegalArgumentException(
                    "a cache looks at one block and holds one prefix, at least");
        }
    }

    /** The same with minimum lengths for models that are known by name. */
    public CacheRules withTokensMin(Map<String, Integer> others) {
        return new CacheRules(others, tokensMinOthers, lookBackBlocks, prefixesMax);
    }

    int tokensMin(String model) {
        return tokensMin.getOrDefault(model, tokensMinOthers);
    }
}
