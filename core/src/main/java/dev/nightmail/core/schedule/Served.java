package dev.nightmail.core.schedule;

/**
 * What one key has had of one upstream, in tokens by its weight.
 *
 * <p>The key that has had least goes first (start-time fair queueing). One that comes back after a
 * pause starts level with the others: it has no claim on what it did not ask for.
 */
final class Served {

    private final int weight;
    private long tokens;

    /** What the key last served had had until then, of all that draw on the same upstream. */
    static final class Level {
        private long tokens;
    }

    /**
     * @param weight of the key; see {@link Weights}
     */
    Served(int weight) {
        this.weight = weight;
    }

    long tokens() {
        return tokens;
    }

    /** It wants something, perhaps again. */
    void join(Level level) {
        tokens = Math.max(tokens, level.tokens);
    }

    /** It has had so much more. */
    void charge(long more, Level level) {
        charge(more, level, tokens);
    }

    /**
     * It has had so much more, perhaps out of turn.
     *
     * @param least that any of the others had had, which wanted it too
     */
    void charge(long more, Level level, long least) {
        level.tokens = Math.max(level.tokens, Math.min(tokens, least));
        tokens = Math.addExact(tokens, more * Weights.MAX / weight);
    }
}
