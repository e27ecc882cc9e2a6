package dev.nightmail.upstream.simulator.service;

import java.util.List;

/**
 * What a service is like.
 *
 * @param seed of all chance
 * @param brownOuts where several overlap, the first counts
 */
public record ServiceConfig(
        long seed,
        Limits limits,
        CacheRules cache,
        Latency latency,
        Capacity capacity,
        List<BrownOut> brownOuts) {

    /** Answers at once, and everything. */
    public static final ServiceConfig INSTANT =
            new ServiceConfig(
                    0, Limits.NONE, CacheRules.USUAL, Latency.NONE, Capacity.UNLIMITED, List.of());

    public ServiceConfig {
        brownOuts = List.copyOf(brownOuts);
    }

    public ServiceConfig withSeed(long other) {
        return new ServiceConfig(other, limits, cache, latency, capacity, brownOuts);
    }

    public ServiceConfig withLimits(Limits other) {
        return new ServiceConfig(seed, other, cache, latency, capacity, brownOuts);
    }

    public ServiceConfig withCache(CacheRules other) {
        return new ServiceConfig(seed, limits, other, latency, capacity, brownOuts);
    }

    public ServiceConfig withLatency(Latency other) {
        return new ServiceConfig(seed, limits, cache, other, capacity, brownOuts);
    }

    public ServiceConfig withCapacity(Capacity other) {
        return new ServiceConfig(seed, limits, cache, latency, other, brownOuts);
    }

    public ServiceConfig withBrownOuts(BrownOut... others) {
        return new ServiceConfig(seed, limits, cache, latency, capacity, List.of(others));
    }
}
