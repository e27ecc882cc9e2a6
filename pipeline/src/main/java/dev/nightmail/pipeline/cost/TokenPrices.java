package dev.nightmail.pipeline.cost;

import java.math.BigDecimal;

/** What the tokens of a model cost, by kind. */
public record TokenPrices(
        TokenPrice input,
        TokenPrice output,
        TokenPrice cacheWrite5m,
        TokenPrice cacheWrite1h,
        TokenPrice cacheRead) {

    /** Nothing costs anything. */
    static final TokenPrices NONE =
            new TokenPrices(
                    TokenPrice.NONE,
                    TokenPrice.NONE,
                    TokenPrice.NONE,
                    TokenPrice.NONE,
                    TokenPrice.NONE);

    static final BigDecimal HALF = new BigDecimal("0.5");

    public long costMicros(Usage usage) {
        return input.costMicros(usage.input())
                + output.costMicros(usage.output())
                + cacheWrite5m.costMicros(usage.cacheWrite5m())
                + cacheWrite1h.costMicros(usage.cacheWrite1h())
                + cacheRead.costMicros(usage.cacheRead());
    }

    /** The same to the last digit: what one answer costs may be less than a micro-dollar. */
    public long costPicos(Usage usage) {
        return input.costPicos(usage.input())
                + output.costPicos(usage.output())
                + cacheWrite5m.costPicos(usage.cacheWrite5m())
                + cacheWrite1h.costPicos(usage.cacheWrite1h())
                + cacheRead.costPicos(usage.cacheRead());
    }

    /** A part of every price, rounded up. */
    TokenPrices times(BigDecimal share) {
        return new TokenPrices(
                input.times(share),
                output.times(share),
                cacheWrite5m.times(share),
                cacheWrite1h.times(share),
                cacheRead.times(share));
    }

    /** What they cost in a batch: half of every standard price (wire contract, section 1.7). */
    TokenPrices half() {
        return times(HALF);
    }
}
