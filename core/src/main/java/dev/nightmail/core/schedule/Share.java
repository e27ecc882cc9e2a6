package dev.nightmail.core.schedule;

import dev.nightmail.core.key.KeyId;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What one key has had of one upstream, in tokens by its weight, and what it still wants.
 *
 * <p>The share that has had least goes first (start-time fair queueing). A key that comes back
 * after a pause starts level with the others: it has no claim on what it did not ask for.
 */
final class Share {

    private final KeyId key;
    private final SortedSet<Lane> waiting = new TreeSet<>(Lane.BY_DEADLINE);
    private final int weight;
    private long servedTokens;

    Share(KeyId key, int weight) {
        this.key = key;
        this.weight = weight;
    }

    KeyId key() {
        return key;
    }

    long servedTokens() {
        return servedTokens;
    }

    void served(long tokens) {
        servedTokens = Math.addExact(servedTokens, tokens * Weights.MAX / weight);
    }

    void startLevelWith(long tokens) {
        servedTokens = Math.max(servedTokens, tokens);
    }

    SortedSet<Lane> waiting() {
        return waiting;
    }
}
