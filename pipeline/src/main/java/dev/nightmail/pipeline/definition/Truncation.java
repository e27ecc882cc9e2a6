package dev.nightmail.pipeline.definition;

/** How much of a field the template may see. */
public sealed interface Truncation {

    /** At most this many characters (Unicode code points, so no character is cut in two). */
    record Characters(int max) implements Truncation {
        public Characters {
            requirePositive(max);
        }
    }

    /**
     * About this many tokens, by the estimate of {@code dev.nightmail.pipeline.cost.TokenEstimate}.
     */
    record Tokens(int max) implements Truncation {
        public Tokens {
            requirePositive(max);
        }
    }

    private static void requirePositive(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("a truncation keeps at least 1, not " + max);
        }
    }
}
