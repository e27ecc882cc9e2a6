package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.UpstreamState.Quota;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The limits that an upstream tells of in its answers, each as a bucket that refills continuously.
 *
 * <p>Between two answers we count for ourselves. What an answer says of a bucket was true at some
 * time between the arrival of its request and the answer, nobody says when; so our own count stands
 * unless it is outside of both, and then moves no further than to the nearer of the two.
 */
final class Allowances {

    /** Limits are a minute's (wire contract, section 3.3), unless they refill more slowly. */
    private static final double PERIOD_SECONDS = 60;

    /** Below it the time at which a bucket is full says little: it is told in whole seconds. */
    private static final double REFILL_SECONDS_MIN = 5;

    /** Counts of tokens are told in whole thousands. */
    private static final double ROUNDING = 500;

    private final Map<Limit, Bucket> buckets = new EnumMap<>(Limit.class);

    private Flows flows = Flows.NONE;
    private Instant newestSentAt = Instant.EPOCH;

    private static final class Bucket {
        double level;
        double capacity;
        long limit;
        double perSecond;
        Instant at = Instant.MIN;

        /**
         * @return what has flown in
         */
        double advance(Instant now) {
            double room = Math.max(0, capacity - level);
            double more = Math.min(room, perSecond * seconds(Duration.between(at, now)));
            level += more;
            at = now;
            return more;
        }
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    /** Whether anything was ever told. */
    boolean areKnown() {
        return !buckets.isEmpty();
    }

    /** How long a call has to wait until it fits into all of them; zero if not at all. */
    Duration wait(Cost cost, Instant steady) {
        if (buckets.isEmpty()) {
            return Duration.ZERO;
        }
        advance(steady);
        var needs = Flows.of(cost);
        double longest = 0;
        for (var entry : buckets.entrySet()) {
            var bucket = entry.getValue();
            // What is larger than the whole limit goes when all of that is there.
            double needed = Math.min(needs.of(entry.getKey()), (double) bucket.limit);
            bucket.capacity = Math.max(bucket.capacity, needed);
            double missing = needed - bucket.level;
            if (missing > 0) {
                longest = Math.max(longest, missing / bucket.perSecond);
            }
        }
        return Duration.ofNanos((long) Math.ceil(longest * 1e9));
    }

    /** Whether a call takes more than one of them allows at all. */
    boolean isTooLarge(Cost cost) {
        return buckets.entrySet().stream()
                .anyMatch(entry -> cost.of(entry.getKey()) > entry.getValue().limit);
    }

    private void advance(Instant steady) {
        buckets.forEach(
                (limit, bucket) -> flows = flows.plus(Flows.of(limit, bucket.advance(steady))));
    }

    /**
     * A call sets out.
     *
     * @return what {@link #learn} wants to know of it
     */
    Flows take(Cost cost, Instant steady) {
        advance(steady);
        take(Flows.of(cost));
        return flows;
    }

    private void take(Flows amounts) {
        flows = flows.minus(amounts);
        buckets.forEach((limit, bucket) -> bucket.level -= amounts.of(limit));
    }

    /** It was refused, and so took nothing. */
    void giveBack(Cost cost) {
        take(Flows.NONE.minus(Flows.of(cost)));
    }

    /** An answer was longer or shorter than was expected of it. */
    void correct(Cost expected, Cost was) {
        double more = (double) was.outputTokens() - expected.outputTokens();
        take(Flows.of(Limit.OUTPUT_TOKENS, more));
    }

    /**
     * @param flowsThen what {@link #take} said when the call set out
     * @param sentAt when that was; what earlier calls are told is old, and left aside
     * @param refused whether the call was refused: that is told at once, and leaves no doubt of
     *     when it was true
     */
    void learn(Headroom told, Flows flowsThen, Instant sentAt, boolean refused, Moment now) {
        if (sentAt.isBefore(newestSentAt)) {
            // A call that set out later has told more.
            return;
        }
        newestSentAt = sentAt;
        advance(now.steady());
        told.allowances()
                .forEach((limit, allowance) -> {
                    if (allowance.limit() > 0) {
                        double since = flows.of(limit) - flowsThen.of(limit);
                        learn(limit, allowance, allowance.remaining() + since, refused, now);
                    }
                });
    }

    /**
     * @param ifThen what is left if what was told was true when the call set out
     */
    private void learn(Limit limit, Allowance told, double ifThen, boolean refused, Moment now) {
        double remaining = told.remaining();
        var known = buckets.get(limit);
        var bucket = known == null ? new Bucket() : known;
        bucket.at = now.steady();
        bucket.perSecond = perSecond(told, now);
        if (known != null && bucket.limit != told.limit()) {
            bucket.capacity *= (double) told.limit() / bucket.limit;
        }
        bucket.limit = told.limit();
        bucket.capacity = Math.min(Math.max(bucket.capacity, remaining + 1), (double) told.limit());
        double rounding = limit == Limit.REQUESTS ? 0 : ROUNDING;
        double low = Math.min(remaining, ifThen) - rounding;
        double high = Math.max(remaining, ifThen) + rounding;
        bucket.level =
                known == null || refused
                        ? Math.min(remaining, ifThen)
                        : Math.min(Math.max(bucket.level, low), high);
        buckets.put(limit, bucket);
    }

    /** What is told of, and what of it should be left now. */
    List<Quota> quotas(Instant steady) {
        advance(steady);
        return buckets.entrySet().stream()
                .map(entry ->
                        new Quota(
                                entry.getKey(),
                                entry.getValue().limit,
                                Math.max(0, (long) entry.getValue().level),
                                entry.getValue().perSecond))
                .toList();
    }

    private static double perSecond(Allowance told, Moment now) {
        double byMinute = told.limit() / PERIOD_SECONDS;
        double untilFull = seconds(Duration.between(now.wall(), told.fullAt()));
        if (untilFull < REFILL_SECONDS_MIN || told.remaining() >= told.limit()) {
            return byMinute;
        }
        return Math.min(byMinute, (told.limit() - told.remaining()) / untilFull);
    }
}
