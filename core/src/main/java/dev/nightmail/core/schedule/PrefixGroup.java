package dev.nightmail.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one lane whose prompts begin with the same prefix. The longest answers first, so
 * that none of them is left for the end; but the one that warms the cache is the one with the
 * shortest, since the others wait for it.
 */
final class PrefixGroup {

    /** What may be done with its requests. */
    enum Stage {
        /** One may be sent, to warm the cache. */
        COLD,
        /** That one is under way, and the others wait for it. */
        LEADING,
        /** All may be sent. */
        READY,
        /** None is left. */
        DONE
    }

    private final RunningBatch batch;
    private final Place place;
    private final int[] chain;
    private final Duration[] ttls;
    private final int tokens;
    private final int[] numbers;
    private int from;
    private int to;
    private final ArrayDeque<Integer> again = new ArrayDeque<>();
    private Stage stage = Stage.COLD;
    private @Nullable Warmth home;

    /**
     * Its place among the groups of its lane: those that share more of their prefix stand closer
     * together.
     *
     * @param rank of its prefix
     * @param copy tells groups with the same prefix apart
     * @param behindKin the first rank behind it whose prefix shares nothing with it
     */
    record Place(int rank, int copy, int behindKin) implements Comparable<Place> {

        static Place first(int rank) {
            return new Place(rank, 0, 0);
        }

        @Override
        public int compareTo(Place other) {
            return rank == other.rank
                    ? Integer.compare(copy, other.copy)
                    : Integer.compare(rank, other.rank);
        }
    }

    /**
     * @param chain the hashes of its prefix and of the shorter ones in it, from the shortest on
     * @param ttls how long each of them is kept
     * @param tokens of its prefix, estimated
     * @param numbers of its requests, those with the longest answers first
     */
    PrefixGroup(
            RunningBatch batch,
            Place place,
            int[] chain,
            Duration[] ttls,
            int tokens,
            int[] numbers) {
        this.batch = batch;
        this.place = place;
        this.chain = chain;
        this.ttls = ttls;
        this.tokens = tokens;
        this.numbers = numbers;
        this.to = numbers.length;
    }

    Place place() {
        return place;
    }

    int[] chain() {
        return chain;
    }

    /** The hash of its whole prefix. */
    int prefix() {
        return chain[chain.length - 1];
    }

    /** One of its requests, sent then, has been answered. */
    void warmed(Warmth upstream, Instant sent) {
        for (int i = 0; i < chain.length; i++) {
            upstream.warm(chain[i], sent, ttls[i]);
        }
    }

    /** Of its prefix, estimated. */
    int tokens() {
        return tokens;
    }

    Stage stage() {
        return stage;
    }

    /** Where its requests go, once one of them has; null while it is cold. */
    @Nullable Warmth home() {
        return home;
    }

    void isNow(Stage next, @Nullable Warmth at) {
        stage = next;
        home = at;
    }

    boolean isEmpty() {
        while (!again.isEmpty() && !batch.isPending(again.getFirst())) {
            again.removeFirst();
        }
        while (from < to && !batch.isPending(numbers[from])) {
            from++;
        }
        while (from < to && !batch.isPending(numbers[to - 1])) {
            to--;
        }
        return again.isEmpty() && from == to;
    }

    /** The next of its requests; only if it is not empty. */
    int peek() {
        var first = again.peekFirst();
        if (first != null) {
            return first;
        }
        return stage == Stage.COLD ? numbers[to - 1] : numbers[from];
    }

    /** Takes out what {@link #peek} has shown. */
    void take(int number) {
        var first = again.peekFirst();
        if (first != null && first == number) {
            again.removeFirst();
        } else if (numbers[from] == number) {
            from++;
        } else {
            to--;
        }
    }

    void pushBack(int number) {
        again.addLast(number);
    }

    /** How many wait, as far as is known without looking at each. */
    int size() {
        return again.size() + to - from;
    }

    /** Gives half of what waits to a group of its own, for another upstream. */
    PrefixGroup split(int copy) {
        int middle = from + (to - from) / 2;
        var half = Arrays.copyOfRange(numbers, middle, to);
        to = middle;
        return new PrefixGroup(
                batch, new Place(place.rank(), copy, place.behindKin()), chain, ttls, tokens, half);
    }
}
