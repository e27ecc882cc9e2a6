package dev.nightmail.core.usage;

/**
 * Token counts, as the upstream billed them. The whole input is the sum of the four input figures.
 *
 * @param input tokens neither read from nor written to a cache
 * @param cacheCreation5m written to the cache with a ttl of five minutes
 * @param cacheCreation1h written to the cache with a ttl of one hour
 */
public record Usage(
        long input, long output, long cacheCreation5m, long cacheCreation1h, long cacheRead) {

    public static final Usage NONE = new Usage(0, 0, 0, 0, 0);

    public Usage {
        if (input < 0
                || output < 0
                || cacheCreation5m < 0
                || cacheCreation1h < 0
                || cacheRead < 0) {
            throw new IllegalArgumentException("token counts are not negative");
        }
    }

    public Usage plus(Usage other) {
        return new Usage(
                Math.addExact(input, other.input),
                Math.addExact(output, other.output),
                Math.addExact(cacheCreation5m, other.cacheCreation5m),
                Math.addExact(cacheCreation1h, other.cacheCreation1h),
                Math.addExact(cacheRead, other.cacheRead));
    }
}
