package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.schedule.SendOrder.Pick;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is at one upstream: whoever is about to miss a deadline, the most urgent first;
 * else fair between keys, and within a key between its batches (see {@link Share}). A lane that has
 * something to send, but not yet, is set aside and does not hold up the others.
 */
final class Turns {

    private final Pace pace;
    private final UpstreamTerms terms;
    private final Weights weights;
    private final Warmth warmth = new Warmth();
    private final Map<KeyId, Share> shares = new HashMap<>();
    private final TreeSet<Share> wanting =
            new TreeSet<>(Comparator.comparingLong(Share::servedTokens).thenComparing(Share::key));
    private final TreeSet<Lane> byDeadline = new TreeSet<>(Lane.BY_DEADLINE);
    private final Set<Lane> aside = new LinkedHashSet<>();

    /** Lanes that were set aside, by the prefixes they wait for; some may be back by now. */
    private final Map<Integer, Set<Lane>> awaiting = new HashMap<>();

    private @Nullable Instant wakesAt;

    private final Served.Level level = new Served.Level();

    Turns(Pace pace, UpstreamTerms terms, Weights weights) {
        this.pace = pace;
        this.terms = terms;
        this.weights = weights;
    }

    Pace pace() {
        return pace;
    }

    UpstreamTerms terms() {
        return terms;
    }

    Warmth warmth() {
        return warmth;
    }

    /** The lane has something to send, perhaps again. */
    void enter(Lane lane) {
        aside.remove(lane);
        var header = lane.batch().batch().header();
        var share =
                shares.computeIfAbsent(
                        header.key(), key -> new Share(key, weights.of(header.workspace())));
        if (share.isEmpty()) {
            share.served().join(level);
            share.add(lane);
            wanting.add(share);
        } else {
            share.add(lane);
        }
        byDeadline.add(lane);
    }

    void leave(Lane lane) {
        aside.remove(lane);
        withdraw(lane);
    }

    private void withdraw(Lane lane) {
        byDeadline.remove(lane);
        var share = shares.get(lane.batch().batch().header().key());
        if (share != null && share.remove(lane) && share.isEmpty()) {
            wanting.remove(share);
        }
    }

    /**
     * A request whose turn it is, and the lane it belongs to.
     *
     * @param urgent whether it goes first for that, whosever turn it was in all fairness
     */
    record Turn(Lane lane, Pick pick, boolean urgent) {}

    /** Whose turn it is; null if nobody has anything that may be sent now. */
    @Nullable Turn next(Moment now) {
        while (!wanting.isEmpty()) {
            var nearest = byDeadline.getFirst();
            boolean urgent = nearest.isUrgent(now.wall());
            var lane = urgent ? nearest : wanting.getFirst().next();
            var pick = lane.order().peek(warmth, now.steady());
            if (pick != null) {
                return new Turn(lane, pick, urgent);
            }
            withdraw(lane);
            if (!lane.order().isEmpty()) {
                aside.add(lane);
                for (int prefix : lane.order().awaited()) {
                    awaiting.computeIfAbsent(prefix, _ -> new LinkedHashSet<>()).add(lane);
                }
            }
        }
        return null;
    }

    /** Has this upstream looked at again after so long, unless that is so anyway; null: no need. */
    void wakeAfter(@Nullable Duration wait, Timers timers, Moment now) {
        if (wait == null) {
            return;
        }
        var at = now.steady().plus(wait);
        if (wakesAt == null || !wakesAt.isAfter(now.steady()) || at.isBefore(wakesAt)) {
            wakesAt = at;
            timers.after(wait, now, new Timer.Due.PauseOver());
        }
    }

    /** The upstream is not to be had for a while: what is at home there may go elsewhere. */
    void isAway() {
        Stream.concat(byDeadline.stream(), aside.stream())
                .filter(lane -> lane.route().upstreams().size() > 1)
                .forEach(lane -> lane.order().isAway(warmth));
    }

    /** Whatever lanes were waiting for may have come. */
    void lookAgain() {
        if (!aside.isEmpty()) {
            List.copyOf(aside).forEach(this::enter);
        }
    }

    /**
     * A call that was to warm a prefix has come to its end, or takes too long. Only who waits for
     * it is looked at again: thousands of others may be set aside, each for a call of its own.
     *
     * @param led the lane of the call
     * @param chain the prefix and the shorter ones in it
     */
    void lookAgain(Lane led, int[] chain) {
        comeBack(led);
        for (int prefix : chain) {
            var lanes = awaiting.remove(prefix);
            if (lanes != null) {
                lanes.forEach(this::comeBack);
            }
        }
    }

    private void comeBack(Lane lane) {
        if (aside.contains(lane)) {
            enter(lane);
        }
    }

    /** How the upstream stands. */
    UpstreamState state(Moment now) {
        return pace.state(batchesWaiting(), now);
    }

    private int batchesWaiting() {
        var waiting = new HashSet<BatchId>();
        Stream.concat(byDeadline.stream(), aside.stream())
                .filter(lane -> !lane.order().isEmpty())
                .forEach(lane -> waiting.add(lane.batch().id()));
        return waiting.size();
    }

    /** Takes the request out, and charges the key for it. */
    void take(Turn turn, long tokens, Instant now) {
        var lane = turn.lane();
        lane.order().take(turn.pick(), warmth, now);
        var share = shares.get(lane.batch().batch().header().key());
        if (share == null) {
            throw new IllegalStateException("a lane without a share");
        }
        if (turn.urgent()) {
            share.chargeOutOfTurn(lane, tokens);
        } else {
            share.charge(lane, tokens);
        }
        boolean listed = wanting.remove(share);
        // The level is that of whose turn it was in all fairness. One that is urgent may have had
        // far more, and who comes next would wait until everybody else has had as much.
        var fair = wanting.isEmpty() ? share : wanting.getFirst();
        share.served().charge(tokens, level, fair.servedTokens());
        if (listed) {
            wanting.add(share);
        }
    }
}
