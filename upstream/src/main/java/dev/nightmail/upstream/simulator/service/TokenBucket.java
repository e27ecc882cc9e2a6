package dev.nightmail.upstream.simulator.service;

import dev.nightmail.upstream.simulator.service.PerMinute.Change;
import java.time.Duration;
import java.util.List;

/**
 * One rate limit. Exact: it counts in the share of a token that one microsecond refills, of which a
 * token has {@link #MINUTE_MICROS}. It may hold less than nothing: what was admitted on credit is
 * paid back before the next is.
 */
final class TokenBucket {

    private static final long MINUTE_MICROS = 60_000_000;

    private final long burstMicros;
    private final List<Change> changes;
    private int changesDone;

    private long perMinute;
    private long level;
    private long atMicros;

    TokenBucket(PerMinute allowed, Duration burst) {
        this.burstMicros = Micros.of(burst);
        this.changes = allowed.changes();
        this.perMinute = allowed.first();
        this.level = capacity();
    }

    private long capacity() {
        return perMinute * burstMicros;
    }

    void advance(long nowMicros) {
        while (changesDone < changes.size()
                && Micros.of(changes.get(changesDone).after()) <= nowMicros) {
            var change = changes.get(changesDone++);
            refill(Micros.of(change.after()));
            perMinute = change.perMinute();
            level = Math.min(level, capacity());
        }
        refill(nowMicros);
    }

    private void refill(long nowMicros) {
        // Long silences would overflow the product.
        level =
                nowMicros >= fullAtMicros()
                        ? capacity()
                        : level + (nowMicros - atMicros) * perMinute;
        atMicros = nowMicros;
    }

    /** When it is full again, if nothing is taken until then. */
    long fullAtMicros() {
        return atMicros + Math.ceilDiv(capacity() - level, perMinute);
    }

    /**
     * When so much can be had. What is more than the bucket ever holds can be had when it is full.
     */
    long affordableAtMicros(long tokens) {
        long missing = Math.min(tokens * MINUTE_MICROS, capacity()) - level;
        return missing <= 0 ? atMicros : atMicros + Math.ceilDiv(missing, perMinute);
    }

    void take(long tokens) {
        level -= tokens * MINUTE_MICROS;
    }

    void giveBack(long tokens) {
        level = Math.min(capacity(), level + tokens * MINUTE_MICROS);
    }

    long perMinute() {
        return perMinute;
    }

    /** Whole tokens that are left. */
    long remaining() {
        return Math.max(0, Math.floorDiv(level, MINUTE_MICROS));
    }
}
