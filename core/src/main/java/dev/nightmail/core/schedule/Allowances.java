package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.UpstreamState.Quota;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The limits that an upstream tells of in its answers, each as a bucket that refills continuously.
 *
 * <p>Between two answers we count for ourselves. What an answer says of a bucket was true at some
 * time between the arrival of its request and the answer, nobody says when; so our own count stands
 * unless it is outside of both, and then moves no further than to the nearer of the two.
 *
 * <p>Three things are learned, since none is told exactly: how much fits into a bucket, by the most
 * that was ever left; how fast it refills for us ({@link RefillRate}); and how far calls scatter on
 * their way ({@link JitterMargin}).
 */
final class Allowances {

    /** Of more refusals in a row, what is asked for is done to the letter. */
    private static final int EXPLAINED_IN_ROW = 2;

    /** On a machine that has too much to do, a call may be overtaken by others for so long. */
    private static final Duration OVERTAKEN_MAX = Duration.ofSeconds(1);

    /** After more calls that were let in, a refusal is not one in a row. */
    private static final int LET_IN_BETWEEN = 3;

    /** In which {@code retry-after} counts. */
    static final Duration WHOLE_SECOND = Duration.ofSeconds(1);

    private static final Cost NOTHING = new Cost(0, 0);

    private final Map<Limit, LimitBucket> buckets = new EnumMap<>(Limit.class);
    private final JitterMargin roomyMargin = JitterMargin.roomy();
    private final JitterMargin tightMargin = JitterMargin.tight();

    /** The calls of the last moments. */
    private final ArrayDeque<Before> recent = new ArrayDeque<>();

    private Flows flows = Flows.NONE;
    private Flows taken = Flows.NONE;
    private long inFlightOutputTokens;
    private Instant newestSentAt = Instant.EPOCH;
    private long calls;
    private long callsWhenRefused;
    private Instant refusedAt = Instant.MIN;
    private int refusedInRow;
    private boolean explained;

    /** Whether anything was ever told. */
    boolean areKnown() {
        return !buckets.isEmpty();
    }

    /** How long a call has to wait until it fits into all of them; zero if not at all. */
    Duration wait(Cost cost, Instant steady) {
        advance(steady);
        double longest = 0;
        for (var entry : buckets.entrySet()) {
            double amount = (double) cost.of(entry.getKey());
            double seconds = entry.getValue().secondsUntil(amount);
            longest = Math.max(longest, seconds);
        }
        return Duration.ofNanos((long) Math.ceil(longest * 1e9));
    }

    /** Whether a call takes more than one of them allows at all. */
    boolean isTooLarge(Cost cost) {
        return buckets.entrySet().stream()
                .anyMatch(entry -> entry.getValue().isTooLarge((double) cost.of(entry.getKey())));
    }

    private void advance(Instant steady) {
        buckets.forEach(
                (limit, bucket) -> flows = flows.plus(Flows.of(limit, bucket.advance(steady))));
    }

    /**
     * What was when a call set out, itself included.
     *
     * @param number of the call
     * @param flows into the buckets until then, less what was taken
     * @param taken until then
     * @param unseen what calls have taken that had set out before, but may not be in what this one
     *     is told: they arrive behind it, or their answers count only when they are written
     */
    record Mark(long number, Flows flows, Flows taken, Flows unseen) {
        static final Mark NONE = new Mark(0, Flows.NONE, Flows.NONE, Flows.NONE);
    }

    /** What had been taken when a call set out, before it. */
    private record Before(Instant at, Flows taken) {}

    /**
     * A call sets out.
     *
     * @return what {@link #learn} wants to know of it
     */
    Mark take(Cost cost, Instant steady) {
        advance(steady);
        var amounts = Flows.of(cost);
        var unseen = unseen(steady);
        count(amounts);
        inFlightOutputTokens += cost.outputTokens();
        buckets.forEach((limit, bucket) -> bucket.take(amounts.of(limit)));
        return new Mark(++calls, flows, taken, unseen);
    }

    private Flows unseen(Instant now) {
        var since = now.minus(OVERTAKEN_MAX);
        while (!recent.isEmpty() && recent.getFirst().at().isBefore(since)) {
            recent.removeFirst();
        }
        recent.addLast(new Before(now, taken));
        return taken.minus(recent.getFirst().taken())
                .with(Limit.OUTPUT_TOKENS, (double) inFlightOutputTokens);
    }

    /** A call is over, however it went. */
    void finished(Cost cost) {
        inFlightOutputTokens -= cost.outputTokens();
    }

    private void count(Flows amounts) {
        flows = flows.minus(amounts);
        taken = taken.plus(amounts);
    }

    private void correct(Flows amounts) {
        count(amounts);
        buckets.forEach((limit, bucket) -> bucket.correct(amounts.of(limit)));
    }

    /** An answer was longer or shorter than was expected of it. */
    void correct(Cost expected, Cost was) {
        double more = (double) was.outputTokens() - expected.outputTokens();
        correct(Flows.of(Limit.OUTPUT_TOKENS, more));
    }

    /** A call was let in, whatever has become of it. */
    void accepted(Instant sentAt) {
        narrowMargins();
        if (sentAt.isAfter(refusedAt)) {
            refusedInRow = 0;
        }
    }

    /**
     * @param then what {@link #take} said when the call set out
     * @param sentAt when that was; what earlier calls are told is old, and left aside
     */
    void learn(Headroom told, Cost cost, Mark then, Instant sentAt, Moment now) {
        if (told.allowances().isEmpty() || sentAt.isBefore(newestSentAt)) {
            // A call that set out later has told more.
            return;
        }
        newestSentAt = sentAt;
        advance(now.steady());
        told.allowances()
                .forEach((limit, allowance) -> {
                    if (allowance.limit() > 0) {
                        double since = flows.of(limit) - then.flows().of(limit);
                        var known = buckets.get(limit);
                        if (known == null) {
                            buckets.put(
                                    limit,
                                    new LimitBucket(
                                            limit,
                                            allowance,
                                            allowance.remaining() + since - unwritten(limit, then),
                                            roomyMargin,
                                            tightMargin,
                                            now));
                        } else {
                            known.learn(
                                    allowance,
                                    (double) cost.of(limit),
                                    sentAt,
                                    since,
                                    then.unseen().of(limit),
                                    then.taken().of(limit),
                                    taken.of(limit),
                                    now);
                        }
                    }
                });
    }

    /** Answers count when they are written: those that were under way are still to come. */
    private static double unwritten(Limit limit, Mark then) {
        return limit == Limit.OUTPUT_TOKENS ? then.unseen().of(limit) : 0;
    }

    /** A call was refused for another reason than these limits, and took nothing of them. */
    void turnedAway(Headroom told, Cost cost, Mark then, Instant sentAt, Moment now) {
        correct(Flows.NONE.minus(Flows.of(cost)));
        learn(told, NOTHING, then, sentAt, now);
        explained = false;
    }

    /**
     * A call was refused since one of these limits, or one that we know nothing of, lacked room.
     */
    void refused(Headroom told, Cost cost, Mark then, Instant sentAt, Moment now) {
        turnedAway(told, cost, then, sentAt, now);
        boolean isNews = sentAt.isAfter(refusedAt);
        if (isNews) {
            // Calls that had set out before tell the same again.
            // What had set out before it since then was let in, or we would have heard.
            long letIn = then.number() - callsWhenRefused - 1;
            refusedInRow = letIn > LET_IN_BETWEEN ? 1 : refusedInRow + 1;
            refusedAt = now.steady();
            callsWhenRefused = calls;
        }
        var lacking = new ArrayList<LimitBucket>();
        buckets.forEach((limit, bucket) -> {
            double amount = (double) cost.of(limit);
            var allowance = told.allowances().get(limit);
            double left = allowance == null ? 0 : (double) allowance.remaining();
            boolean lacked =
                    allowance == null
                            ? told.allowances().isEmpty()
                            : bucket.mayHaveRefused(amount, left);
            if (lacked) {
                double since = flows.of(limit) - then.flows().of(limit) - amount;
                bucket.refused(amount, Math.min(left, left + since), refusedInRow, now.steady());
                lacking.add(bucket);
            }
        });
        explained |= !lacking.isEmpty();
        if (isNews) {
            lacking.forEach(bucket -> bucket.margin().widen());
        }
    }

    private void narrowMargins() {
        narrow(roomyMargin);
        narrow(tightMargin);
    }

    /** Once for a call, however many buckets have the margin. */
    private void narrow(JitterMargin margin) {
        buckets.values().stream()
                .filter(bucket -> bucket.margin() == margin)
                .mapToDouble(LimitBucket::marginSecondsMax)
                // Nobody has asked it for a place yet.
                .filter(most -> most > 0)
                .max()
                .ifPresent(margin::narrow);
    }

    /**
     * Whether the last refusal follows from these limits, and so does how long we are to stay away:
     * that is told in whole seconds, however much sooner there is room again. Refusals in a row say
     * that there is something we do not know of.
     */
    boolean explain(Duration retryAfter, Cost cost, Instant now) {
        return explained
                && fewRefusedInRow()
                && retryAfter.minus(wait(cost, now)).compareTo(WHOLE_SECOND) <= 0;
    }

    /** Whether what was refused lately looks like our own small mistake. */
    boolean fewRefusedInRow() {
        return refusedInRow <= EXPLAINED_IN_ROW;
    }

    /** What is told of, and what of it should be left now. */
    List<Quota> quotas(Instant steady) {
        advance(steady);
        return buckets.values().stream().map(LimitBucket::quota).toList();
    }
}
