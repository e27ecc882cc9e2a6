package dev.nightmail.pipeline.cost;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Micro-dollars per million tokens: 3 USD per MTok is {@code 3_000_000}. */
public record TokenPrice(long microsPerMillionTokens) {

    static final TokenPrice NONE = new TokenPrice(0);

    public TokenPrice {
        if (microsPerMillionTokens < 0) {
            throw new IllegalArgumentException("a price is not negative");
        }
    }

    /** Cost in micro-dollars, rounded up: what was spent is never understated. */
    public long costMicros(long tokens) {
        return Math.ceilDiv(Math.multiplyExact(tokens, microsPerMillionTokens), 1_000_000L);
    }

    /** The same to the last digit: millionths of a micro-dollar. */
    long costPicos(long tokens) {
        return Math.multiplyExact(tokens, microsPerMillionTokens);
    }

    /** A part of it, rounded up. */
    TokenPrice times(BigDecimal share) {
        return new TokenPrice(
                share.multiply(BigDecimal.valueOf(microsPerMillionTokens))
                        .setScale(0, RoundingMode.CEILING)
                        .longValueExact());
    }
}
