package dev.nightmail.core.usage;

/**
 * What was used at one tariff.
 *
 * @param requests how many of them succeeded, which is what is billed
 */
public record Tally(Tariff tariff, long requests, Usage usage) {

    /** One answer. */
    public static Tally of(Tariff tariff, Usage usage) {
        return new Tally(tariff, 1, usage);
    }

    /**
     * @throws IllegalArgumentException if the tariffs differ
     */
    public Tally plus(Tally other) {
        if (!tariff.equals(other.tariff)) {
            throw new IllegalArgumentException("usage of two tariffs has no common price");
        }
        return new Tally(tariff, Math.addExact(requests, other.requests), usage.plus(other.usage));
    }
}
