package dev.nightmail.pipeline.cost;

import java.util.function.LongUnaryOperator;

/** An amount not known yet: at least, likely, at most. */
public record Range(long low, long likely, long high) {

    public static final Range NOTHING = new Range(0, 0, 0);

    public Range {
        if (low > likely || likely > high) {
            throw new IllegalArgumentException("low, likely and high are in this order");
        }
    }

    public Range plus(Range other) {
        return new Range(low + other.low, likely + other.likely, high + other.high);
    }

    /** Applies a function that never makes the larger smaller. */
    public Range map(LongUnaryOperator monotone) {
        return new Range(
                monotone.applyAsLong(low),
                monotone.applyAsLong(likely),
                monotone.applyAsLong(high));
    }
}
