package dev.nightmail.upstream.simulator.service;

import java.time.Duration;

/** How long a cached prefix lives after the request that last used it began (wire contract, 7). */
public enum CacheTtl {
    FIVE_MINUTES(Duration.ofMinutes(5)),
    ONE_HOUR(Duration.ofHours(1));

    private final Duration duration;

    CacheTtl(Duration duration) {
        this.duration = duration;
    }

    public Duration duration() {
        return duration;
    }
}
