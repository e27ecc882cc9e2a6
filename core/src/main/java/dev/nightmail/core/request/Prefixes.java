package dev.nightmail.core.request;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The prefixes that requests of one batch have in common, as a forest: a longer prefix hangs below
 * the shorter one it begins with. Never changes. Safe for many threads.
 */
public final class Prefixes {

    /** No request has a breakpoint. */
    public static final Prefixes NONE = new Prefixes(new int[0], List.of());

    private static final int NOWHERE = -1;

    /** For each request the prefix it belongs to; empty if none belongs to any. */
    private final int[] leaves;

    private final List<Prefix> prefixes;
    private final boolean oneUnmarked;

    /**
     * @param parent position of the prefix it begins with; -1 if there is none
     */
    public record Prefix(int parent, Breakpoint breakpoint) {}

    private Prefixes(int[] leaves, List<Prefix> prefixes) {
        this.leaves = leaves;
        this.prefixes = prefixes;
        this.oneUnmarked = isOneUnmarked(leaves, prefixes);
    }

    /**
     * The longest prefix that a request shares with another of the batch, or, if it shares none,
     * its shortest one: other batches may have that. -1 if it has none at all.
     */
    public int of(int request) {
        return leaves.length == 0 ? NOWHERE : leaves[request];
    }

    /** Whether all requests begin with the same prefix, and none has marked anything. */
    public boolean isOneUnmarked() {
        return oneUnmarked;
    }

    private static boolean isOneUnmarked(int[] leaves, List<Prefix> prefixes) {
        return prefixes.size() == 1
                && leaves.length > 1
                && !prefixes.getFirst().breakpoint().marked()
                && Arrays.stream(leaves).allMatch(leaf -> leaf == 0);
    }

    /** How many prefixes there are. */
    public int size() {
        return prefixes.size();
    }

    public Prefix get(int prefix) {
        return prefixes.get(prefix);
    }

    /** A prefix and all those it hangs below, from the shortest on. */
    public List<Breakpoint> chain(int prefix) {
        var chain = new ArrayList<Breakpoint>();
        for (int at = prefix; at != NOWHERE; at = get(at).parent()) {
            chain.add(get(at).breakpoint());
        }
        return chain.reversed();
    }

    /** Gathers the breakpoints of all requests of a batch, and then finds what they share. */
    public static final class Builder {

        private static final Breakpoint[] NONE_OF_IT = {};

        private final Breakpoint[][] breakpoints;
        private final Map<Integer, Integer> users = new HashMap<>();

        public Builder(int requests) {
            breakpoints = new Breakpoint[requests][];
            Arrays.fill(breakpoints, NONE_OF_IT);
        }

        /**
         * @param of the request's breakpoints, from the shortest prefix on
         */
        public void add(int request, List<Breakpoint> of) {
            if (of.isEmpty()) {
                return;
            }
            breakpoints[request] = of.toArray(Breakpoint[]::new);
            for (var breakpoint : of) {
                users.merge(breakpoint.hash(), 1, Integer::sum);
            }
        }

        public Prefixes build() {
            if (users.isEmpty()) {
                return NONE;
            }
            var leaves = new int[breakpoints.length];
            var prefixes = new ArrayList<Prefix>();
            var known = new HashMap<Integer, Integer>();
            for (int request = 0; request < leaves.length; request++) {
                leaves[request] = leaf(breakpoints[request], prefixes, known);
            }
            return new Prefixes(leaves, List.copyOf(prefixes));
        }

        private int leaf(Breakpoint[] path, List<Prefix> prefixes, Map<Integer, Integer> known) {
            int leaf = NOWHERE;
            for (int level = 0; level < path.length; level++) {
                if (level > 0 && users.getOrDefault(path[level].hash(), 0) < 2) {
                    break;
                }
                int parent = leaf;
                var breakpoint = path[level];
                leaf =
                        known.computeIfAbsent(
                                breakpoint.hash(),
                                _ -> {
                                    prefixes.add(new Prefix(parent, breakpoint));
                                    return prefixes.size() - 1;
                                });
            }
            return leaf;
        }
    }
}
