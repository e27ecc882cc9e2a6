package dev.nightmail.pipeline.cost;

import org.jspecify.annotations.Nullable;

/**
 * Requests of one size, before there is a pipeline for them.
 *
 * @param inputTokens of each request, which are its own
 * @param outputTokens of each answer
 * @param cachedTokens which all requests have in common, before their own; 0: none
 * @param ttl how long those would be cached
 */
public record Workload(
        long requests, long inputTokens, long outputTokens, long cachedTokens, CacheTtl ttl) {

    /**
     * What it costs with one model, in micro-dollars.
     *
     * @param called a call for each request
     * @param batched in batches
     * @param batchedCached in batches that mark the common part; null where there is none, or the
     *     model caches none so short
     */
    public record Cost(long called, long batched, @Nullable Long batchedCached) {}

    public Cost cost(String model, ModelPrice price) {
        var step = price.stepOf(cachedTokens + inputTokens);
        var plain = usage(0);
        return new Cost(
                price.standardPrice(step).costMicros(plain),
                price.price(step).costMicros(plain),
                CacheMinimum.admits(model, cachedTokens) && cachedTokens > 0
                        ? price.price(step).costMicros(usage(requests * cachedTokens))
                        : null);
    }

    private Usage usage(long cacheable) {
        var input = Math.multiplyExact(requests, inputTokens + cachedTokens) - cacheable;
        var output = Math.multiplyExact(requests, outputTokens);
        return Estimator.cached(input, output, cacheable, Estimator.likelyHits(requests), ttl);
    }
}
