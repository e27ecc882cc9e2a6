package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.schedule.SendOrder.Pick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
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
    private final Suspects suspects = new Suspects();

    /**
     * Requests that wait until the upstream is healthy, or nobody else can find out whether it is.
     */
    private final ArrayDeque<HeldBack> heldBack = new ArrayDeque<>();

    private final Map<KeyId, Share> shares = new HashMap<>();
    private final TreeSet<Share> wanting =
            new TreeSet<>(Comparator.comparingLong(Share::servedTokens).thenComparing(Share::key));
    private final TreeSet<Lane> byDeadline = new TreeSet<>(Lane.BY_DEADLINE);
    private final Set<Lane> aside = new LinkedHashSet<>();

    /** Lanes that were set aside, by the prefixes they wait for; some may be back by now. */
    private final Map<Integer, Set<Lane>> awaiting = new HashMap<>();

    private @Nullable Instant wakesAt;

    private final PriorityQueue<Apart> apart = new PriorityQueue<>(Apart.LEAST_SUSPECT);
    private @Nullable Apart apartOut;

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

    Suspects suspects() {
        return suspects;
    }

    /**
     * Takes in a request that is sent only while no other such is under way: a process may have
     * died of it. Those that were under way at fewer deaths go first, since they are less likely to
     * be the one.
     */
    void setApart(Lane lane, int number) {
        apart.add(new Apart(lane, number));
    }

    /** The next of them, if none is under way. */
    @Nullable Apart nextApart() {
        if (apartOut != null && apartOut.isOpen()) {
            return null;
        }
        apartOut = null;
        while (apartOut == null && !apart.isEmpty()) {
            var next = apart.remove();
            if (next.isOpen()) {
                apartOut = next;
            }
        }
        return apartOut;
    }

    /** A call has ended, and the process has not. */
    void survived(Lane lane, int number) {
        if (apartOut != null && apartOut.lane() == lane && apartOut.number() == number) {
            apartOut = null;
        }
    }

    record Apart(Lane lane, int number) {

        static final Comparator<Apart> LEAST_SUSPECT =
                Comparator.comparingInt((Apart one) -> one.lane.batch().attempts(one.number))
                        .thenComparing(Apart::lane, Lane.BY_DEADLINE)
                        .thenComparingInt(Apart::number);

        boolean isOpen() {
            return lane.batch().isPending(number) || lane.batch().isInFlight(number);
        }
    }

    /** A request whose call did not tell whether it or the upstream is at fault. */
    record HeldBack(Lane lane, int number) {}

    void holdBack(Lane lane, int number) {
        heldBack.addLast(new HeldBack(lane, number));
    }

    /** Takes out the request that has been held back longest; null if there is none. */
    @Nullable HeldBack release() {
        while (!heldBack.isEmpty()) {
            var first = heldBack.removeFirst();
            if (first.lane().batch().isPending(first.number())) {
                return first;
            }
        }
        return null;
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
        var share = shares.get(key(lane));
        if (share != null && share.remove(lane) && share.isEmpty()) {
            wanting.remove(share);
        }
    }

    /**
     * A request whose turn it is, and the lane it belongs to.
     *
     * @param outOfTurn whether it goes first whosever turn it was in all fairness: it is urgent, or
     *     finds out how the upstream stands
     */
    record Turn(Lane lane, Pick pick, boolean outOfTurn) {}

    /** Whose turn it is; null if nobody has anything that may be sent now. */
    @Nullable Turn next(Moment now) {
        if (pace.isProbed()) {
            return probe(now);
        }
        while (!wanting.isEmpty()) {
            var nearest = byDeadline.getFirst();
            boolean urgent = nearest.isUrgent(now.wall());
            var lane = urgent ? nearest : wanting.getFirst().next();
            var turn = turnOf(lane, urgent, now);
            if (turn != null) {
                return turn;
            }
        }
        return null;
    }

    /**
     * To find out how the upstream stands: of the key that has met with trouble least lately, and
     * of its lanes the one that has. The bad request of one user is not to be asked again and again
     * while the good ones of others wait.
     */
    private @Nullable Turn probe(Moment now) {
        var troubledAt = new HashMap<KeyId, Instant>();
        for (var lane : byDeadline) {
            troubledAt.merge(key(lane), suspects.troubledAt(lane), Turns::later);
        }
        var leastTroubled =
                Comparator.comparing((Lane lane) -> troubledAt.getOrDefault(key(lane), Instant.MIN))
                        .thenComparing(suspects::troubledAt)
                        .thenComparing(Lane.BY_DEADLINE);
        for (var lane : byDeadline.stream().sorted(leastTroubled).toList()) {
            var turn = turnOf(lane, true, now);
            if (turn != null) {
                return turn;
            }
        }
        return null;
    }

    private static KeyId key(Lane lane) {
        return lane.batch().batch().header().key();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Sets the lane aside if it has nothing that may be sent now. */
    private @Nullable Turn turnOf(Lane lane, boolean outOfTurn, Moment now) {
        var pick = lane.order().peek(warmth, now.steady());
        if (pick != null) {
            return new Turn(lane, pick, outOfTurn);
        }
        withdraw(lane);
        if (!lane.order().isEmpty()) {
            aside.add(lane);
            for (int prefix : lane.order().awaited()) {
                awaiting.computeIfAbsent(prefix, _ -> new LinkedHashSet<>()).add(lane);
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
        apart.stream().filter(Apart::isOpen).forEach(one -> waiting.add(one.lane().batch().id()));
        heldBack.stream()
                .filter(held -> held.lane().batch().isPending(held.number()))
                .forEach(held -> waiting.add(held.lane().batch().id()));
        return waiting.size();
    }

    /** Takes the request out, and charges the key for it. */
    void take(Turn turn, long tokens, Instant now) {
        var lane = turn.lane();
        lane.order().take(turn.pick(), warmth, now);
        var share = shares.get(key(lane));
        if (share == null) {
            throw new IllegalStateException("a lane without a share");
        }
        if (turn.outOfTurn()) {
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
