package dev.nightmail.core.usage;

import java.util.Locale;

/**
 * As which service an upstream billed a call. What clients read in a result is always {@code
 * batch}; this is what it cost.
 */
public enum ServiceTier {
    STANDARD,
    PRIORITY,
    /** Half of the standard price. */
    BATCH,
    /** Nobody is billed: the built-in simulator answered. */
    SIMULATED,
    /** Nobody is billed: the configuration says so of its upstream. */
    FREE,
    /**
     * The upstream answered and did not say what it used: its tokens count as 0, its price is open.
     */
    UNREPORTED,
    /** It is not known any more. Taken for standard, so that nothing is understated. */
    UNKNOWN;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException if there is no such tier
     */
    public static ServiceTier parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
