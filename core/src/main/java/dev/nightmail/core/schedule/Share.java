package dev.nightmail.core.schedule;

import dev.nightmail.core.key.KeyId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * What one key has had of one upstream, and which of its batches is next.
 *
 * <p>Two batches take turns, token for token: the one that is due first, and the one that has had
 * least. The first half makes batches of one size end one after the other, as they came, rather
 * than all at the end. The second half lets a small batch begin at once, however many large ones
 * are before it.
 *
 * <p>How much a batch has had is compared in {@linkplain Lane#level levels} that double, and at the
 * same level they go as they are due. So a batch stays at it for as long again as it has run, and a
 * hundred batches do not push each other's prompts out of the upstream's cache.
 */
final class Share {

    private final KeyId key;
    private final Served served;
    private final TreeSet<Lane> byDeadline = new TreeSet<>(Lane.BY_DEADLINE);

    /**
     * Of every lane that waits; its level may be an older one, since other lanes of its batch and
     * other upstreams count too.
     */
    private final Map<Lane, Standing> standings = new HashMap<>();

    private final TreeSet<Standing> byServed = new TreeSet<>(Standing.LEAST_FIRST);

    /** Tokens that batches had for being due first, less those others had for having had least. */
    private long ahead;

    private record Standing(int level, Lane lane) {
        private static final Comparator<Standing> LEAST_FIRST =
                Comparator.comparingInt(Standing::level)
                        .thenComparing(Standing::lane, Lane.BY_DEADLINE);
    }

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

    /** Whether nothing of the key waits. */
    boolean isEmpty() {
        return byDeadline.isEmpty();
    }

    void add(Lane lane) {
        byDeadline.add(lane);
        stand(lane);
    }

    /**
     * @return whether it was there
     */
    boolean remove(Lane lane) {
        var standing = standings.remove(lane);
        if (standing == null) {
            return false;
        }
        byServed.remove(standing);
        return byDeadline.remove(lane);
    }

    private void stand(Lane lane) {
        var standing = new Standing(lane.level(), lane);
        var before = standings.put(lane, standing);
        if (before != null) {
            byServed.remove(before);
        }
        byServed.add(standing);
    }

    /** Whose turn it is in all fairness; only if it is not empty. */
    Lane next() {
        return ahead > 0 ? leastServed() : byDeadline.getFirst();
    }

    /** Of those at the same level the batch that is due first comes last: it has the other half. */
    private Lane leastServed() {
        var due = byDeadline.getFirst();
        for (var standing = byServed.first(); standing != null; ) {
            var lane = standing.lane();
            if (standing.level() != lane.level()) {
                stand(lane);
                standing = byServed.first();
            } else if (lane.batch() != due.batch()) {
                return lane.level() <= due.level() ? lane : due;
            } else {
                standing = byServed.higher(standing);
            }
        }
        return due;
    }

    /** The lane has had {@link #next}'s turn. */
    void charge(Lane lane, long tokens) {
        if (standings.containsKey(lane)) {
            boolean due = byDeadline.getFirst().batch() == lane.batch();
            boolean least = leastServed().batch() == lane.batch();
            if (due && !least) {
                ahead += tokens;
            } else if (least && !due) {
                ahead -= tokens;
            }
        }
        chargeOutOfTurn(lane, tokens);
    }

    /** The lane was served since it is urgent: nobody is owed anything for that. */
    void chargeOutOfTurn(Lane lane, long tokens) {
        lane.charge(tokens);
        if (standings.containsKey(lane)) {
            stand(lane);
        }
    }
}
