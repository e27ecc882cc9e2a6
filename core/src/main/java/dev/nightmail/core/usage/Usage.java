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

    /**
     * More than any one answer can have used, and small enough that sums of it never overflow. A
     * service that says more is mistaken.
     */
    public static final long TOKENS_MAX = 1_000_000_000_000L;

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

    /**
     * The one reading of the {@code usage} of a Message. Services differ in what they tell of cache
     * writes: some the sum only, some the breakdown by ttl, some both, and of two that differ the
     * larger is believed, since nothing that was spent may be lost. What no ttl is told of had the
     * default one, five minutes.
     *
     * @param cacheCreation {@code cache_creation_input_tokens}, 0 if absent
     * @param told5m {@code cache_creation.ephemeral_5m_input_tokens}, 0 if absent
     * @param told1h {@code cache_creation.ephemeral_1h_input_tokens}, 0 if absent
     */
    public static Usage told(
            long input, long output, long cacheCreation, long told5m, long told1h, long cacheRead) {
        long untold = Math.max(0, cacheCreation - Math.addExact(told5m, told1h));
        return new Usage(input, output, Math.addExact(told5m, untold), told1h, cacheRead);
    }

    /** All tokens of the prompt, cached or not: what a price by prompt length looks at. */
    public long promptTokens() {
        return Math.addExact(
                Math.addExact(input, cacheRead), Math.addExact(cacheCreation5m, cacheCreation1h));
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
