package dev.nightmail.core.schedule;

import dev.nightmail.core.key.KeyId;
import java.util.SortedSet;
import java.util.TreeSet;

/** What one key has had of one upstream, and what it still wants. */
final class Share {

    private final KeyId key;
    private final Served served;
    private final SortedSet<Lane> waiting = new TreeSet<>(Lane.BY_DEADLINE);

    Share(KeyId key, int weight) {
        this.key = key;
        this.served = new Served(weight);
    }

    KeyId key() {
        return key;
    }

    Served served() {
        return served;
    }

    long servedTokens() {
        return served.tokens();
    }

    SortedSet<Lane> waiting() {
        return waiting;
    }
}
