package dev.nightmail.upstream.simulator.service;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.upstream.simulator.service.Limits.Told;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The rate limits of the account, and what is still to be booked on them. */
final class Meters {

    /** An answer is booked in so many parts while it is written. */
    private static final int PARTS = 8;

    private final Limits limits;
    private final Micros time;
    private final Map<Limit, TokenBucket> buckets = new EnumMap<>(Limit.class);

    /** In order of time. */
    private final PriorityQueue<Booking> bookings =
            new PriorityQueue<>(Comparator.comparingLong(Booking::atMicros));

    /**
     * Output tokens that are known only later.
     *
     * @param tokens to be taken; given back if negative
     */
    private record Booking(long atMicros, long tokens) {}

    /** A limit that has no room, and when it will have. */
    record Shortage(Limit limit, long untilMicros) {}

    Meters(Limits limits, Micros time) {
        this.limits = limits;
        this.time = time;
        add(Limit.REQUESTS, limits.requests());
        add(Limit.INPUT_TOKENS, limits.inputTokens());
        add(Limit.OUTPUT_TOKENS, limits.outputTokens());
    }

    private void add(Limit limit, @Nullable PerMinute allowed) {
        if (allowed != null) {
            buckets.put(limit, new TokenBucket(allowed, limits.burst()));
        }
    }

    void advance(long nowMicros) {
        var output = buckets.get(Limit.OUTPUT_TOKENS);
        if (output != null) {
            for (var next = bookings.peek();
                    next != null && next.atMicros() <= nowMicros;
                    next = bookings.peek()) {
                bookings.remove();
                output.advance(next.atMicros());
                if (next.tokens() >= 0) {
                    output.take(next.tokens());
                } else {
                    output.giveBack(-next.tokens());
                }
            }
        }
        buckets.values().forEach(bucket -> bucket.advance(nowMicros));
    }

    /**
     * The limit that keeps a request out for longest, if one does.
     *
     * @param inputTokens that count
     */
    Optional<Shortage> shortage(long inputTokens, long outputTokensMax, long nowMicros) {
        Shortage worst = null;
        for (var entry : buckets.entrySet()) {
            long needed = needed(entry.getKey(), inputTokens, outputTokensMax);
            long at = entry.getValue().affordableAtMicros(needed);
            if (at > (worst == null ? nowMicros : worst.untilMicros())) {
                worst = new Shortage(entry.getKey(), at);
            }
        }
        return Optional.ofNullable(worst);
    }

    private long needed(Limit limit, long inputTokens, long outputTokensMax) {
        return switch (limit) {
            case REQUESTS -> 1;
            case INPUT_TOKENS -> inputTokens;
            case OUTPUT_TOKENS ->
                    switch (limits.outputCount()) {
                        case AS_GENERATED -> 1;
                        case RESERVED -> outputTokensMax;
                    };
            case TOKENS -> throw new IllegalStateException("no limit counts all tokens together");
        };
    }

    /** What is told of when to come again: in the header's whole seconds, a fraction as one. */
    @Nullable Duration retryAfter(Shortage shortage, long nowMicros) {
        return switch (limits.told()) {
            case EVERYTHING, RETRY_AFTER ->
                    Duration.ofSeconds(
                            Math.ceilDiv(shortage.untilMicros() - nowMicros, 1_000_000L));
            case NOTHING -> null;
        };
    }

    /** Books a request that is admitted. */
    void admit(long inputTokens, Arrival arrival, long firstTokenMicros, long doneMicros) {
        take(Limit.REQUESTS, 1);
        take(Limit.INPUT_TOKENS, inputTokens);
        if (!buckets.containsKey(Limit.OUTPUT_TOKENS)) {
            return;
        }
        switch (limits.outputCount()) {
            case AS_GENERATED ->
                    bookWhileWritten(arrival.outputTokens(), firstTokenMicros, doneMicros);
            case RESERVED -> {
                take(Limit.OUTPUT_TOKENS, arrival.outputTokensMax());
                bookings.add(
                        new Booking(
                                doneMicros, arrival.outputTokens() - arrival.outputTokensMax()));
            }
        }
    }

    private void take(Limit limit, long tokens) {
        var bucket = buckets.get(limit);
        if (bucket != null) {
            bucket.take(tokens);
        }
    }

    private void bookWhileWritten(long tokens, long fromMicros, long untilMicros) {
        long booked = 0;
        for (int part = 1; part <= PARTS; part++) {
            long sum = tokens * part / PARTS;
            if (sum > booked) {
                bookings.add(
                        new Booking(
                                fromMicros + (untilMicros - fromMicros) * part / PARTS,
                                sum - booked));
                booked = sum;
            }
        }
    }

    /** What is told of what is left: tokens in whole thousands, times in whole seconds. */
    Headroom headroom() {
        if (limits.told() != Told.EVERYTHING || buckets.isEmpty()) {
            return Headroom.UNTOLD;
        }
        var told = new EnumMap<Limit, Allowance>(Limit.class);
        buckets.forEach((limit, bucket) -> told.put(limit, allowance(limit, bucket)));
        var input = told.get(Limit.INPUT_TOKENS);
        var output = told.get(Limit.OUTPUT_TOKENS);
        if (input != null && output != null) {
            told.put(Limit.TOKENS, together(input, output));
        }
        return new Headroom(told);
    }

    private Allowance allowance(Limit limit, TokenBucket bucket) {
        long remaining =
                limit == Limit.REQUESTS ? bucket.remaining() : thousands(bucket.remaining());
        return new Allowance(bucket.perMinute(), remaining, wholeSecond(bucket.fullAtMicros()));
    }

    private static long thousands(long tokens) {
        return (tokens + 500) / 1000 * 1000;
    }

    /** Rounded up: nobody is told that there is room before there is. */
    private Instant wholeSecond(long micros) {
        return time.instant(micros)
                .plus(Duration.ofSeconds(1).minusNanos(1))
                .truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * The header of both directions, as it has been seen: sums, and the time at which the first of
     * them is whole again.
     */
    private static Allowance together(Allowance input, Allowance output) {
        return new Allowance(
                input.limit() + output.limit(),
                input.remaining() + output.remaining(),
                earlier(input.fullAt(), output.fullAt()));
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && other.isBefore(one)) ? other : one;
    }
}
