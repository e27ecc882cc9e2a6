package dev.nightmail.core.schedule;

import dev.nightmail.core.key.KeyId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whose turn it is at one upstream: fair between keys, and within a key by deadline. */
final class Turns {

    private final Pace pace;
    private final Map<KeyId, Share> shares = new HashMap<>();
    private final TreeSet<Share> wanting =
            new TreeSet<>(Comparator.comparingLong(Share::servedTokens).thenComparing(Share::key));

    /** What the share last chosen had had until then; who joins starts level with it. */
    private long level;

    Turns(Pace pace) {
        this.pace = pace;
    }

    Pace pace() {
        return pace;
    }

    /** The lane has something to send, perhaps again. */
    void enter(Lane lane) {
        var share = shares.computeIfAbsent(lane.batch().batch().header().key(), Share::new);
        if (share.waiting().isEmpty()) {
            share.startLevelWith(level);
            share.waiting().add(lane);
            wanting.add(share);
        } else {
            share.waiting().add(lane);
        }
    }

    void leave(Lane lane) {
        var share = shares.get(lane.batch().batch().header().key());
        if (share != null && share.waiting().remove(lane) && share.waiting().isEmpty()) {
            wanting.remove(share);
        }
    }

    /**
     * The lane whose turn it is; lanes with nothing left to send drop out. Null if nobody wants
     * anything.
     */
    @Nullable Lane next() {
        while (!wanting.isEmpty()) {
            var lane = wanting.getFirst().waiting().getFirst();
            if (!lane.isEmpty()) {
                return lane;
            }
            leave(lane);
        }
        return null;
    }

    /** Charges the key of a lane for what it was just given. */
    void charge(Lane lane, long tokens) {
        var share = shares.get(lane.batch().batch().header().key());
        if (share == null) {
            throw new IllegalStateException("a lane without a share");
        }
        boolean listed = wanting.remove(share);
        level = Math.max(level, share.servedTokens());
        share.served(tokens);
        if (listed) {
            wanting.add(share);
        }
    }
}
