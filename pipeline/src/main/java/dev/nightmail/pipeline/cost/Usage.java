package dev.nightmail.pipeline.cost;

/**
 * Tokens of one answer or of many. Total input is {@code input + cacheWrite5m + cacheWrite1h +
 * cacheRead}.
 */
public record Usage(long input, long output, long cacheWrite5m, long cacheWrite1h, long cacheRead) {

    public static final Usage NONE = new Usage(0, 0, 0, 0, 0);

    public Usage {
        if (input < 0 || output < 0 || cacheWrite5m < 0 || cacheWrite1h < 0 || cacheRead < 0) {
            throw new IllegalArgumentException("tokens are counted, never owed");
        }
    }

    public Usage plus(Usage other) {
        return new Usage(
                Math.addExact(input, other.input),
                Math.addExact(output, other.output),
                Math.addExact(cacheWrite5m, other.cacheWrite5m),
                Math.addExact(cacheWrite1h, other.cacheWrite1h),
                Math.addExact(cacheRead, other.cacheRead));
    }

    /** What was added since; {@code earlier} is part of this. */
    public Usage minus(Usage earlier) {
        return new Usage(
                input - earlier.input,
                output - earlier.output,
                cacheWrite5m - earlier.cacheWrite5m,
                cacheWrite1h - earlier.cacheWrite1h,
                cacheRead - earlier.cacheRead);
    }

    /** All tokens of the prompt, cached or not: what a price step by prompt length looks at. */
    public long promptTokens() {
        return input + cacheWrite5m + cacheWrite1h + cacheRead;
    }
}
