package dev.nightmail.core.schedule;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.schedule.Pace.Sent;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * An upstream with rate limits, and calls on their way to it as they are in real time: they set out
 * late, arrive later, and are answered in another order. In virtual time, by a seed.
 */
final class JitteryUpstream {

    static final Instant START = Instant.parse("2026-11-21T22:00:00Z");

    private static final int CALLS_MAX = 256;

    /** What one call takes, and is thought to take of input. */
    private static final int INPUT_TOKENS = 600;

    private static final int OUTPUT_TOKENS = 450;
    private static final int OUTPUT_TOKENS_MAX = 600;

    private final Setup setup;
    private final Random random;
    private final Pace pace;
    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
    private final List<Bucket> buckets = new ArrayList<>();
    private long order;
    private Instant now = START;
    private Instant filledAt = START;
    private Instant blindUntil = START;
    private Instant lookAt = START;
    private double otherDue;
    private int otherTook;
    int accepted;
    int refused;

    private record Due(Instant at, long order, Runnable what) {}

    /** What is said of when a bucket is full. */
    enum Reset {
        RIGHT,
        ABSENT,
        PAST,
        MINUTE_OFF,
        OTHER_ZONE
    }

    /**
     * @param perSecond calls that each of the limits lets through
     * @param burst calls that fit into a full bucket
     * @param scatterMillis most of what a call needs to its admission
     * @param latencyMillis most of what its answer takes from then on
     * @param othersPerSecond calls of another client
     */
    record Setup(
            double perSecond,
            int burst,
            List<Limit> limits,
            Reset reset,
            double scatterMillis,
            double latencyMillis,
            double othersPerSecond,
            boolean tells) {

        static Setup of(double perSecond, int burst) {
            return new Setup(
                    perSecond, burst, List.of(Limit.REQUESTS), Reset.RIGHT, 0.5, 50, 0, true);
        }

        Setup with(Limit... others) {
            return new Setup(
                    perSecond,
                    burst,
                    List.of(others),
                    reset,
                    scatterMillis,
                    latencyMillis,
                    othersPerSecond,
                    tells);
        }

        Setup with(Reset other) {
            return new Setup(
                    perSecond,
                    burst,
                    limits,
                    other,
                    scatterMillis,
                    latencyMillis,
                    othersPerSecond,
                    tells);
        }

        Setup scattering(double millis) {
            return new Setup(
                    perSecond, burst, limits, reset, millis, latencyMillis, othersPerSecond, tells);
        }

        Setup answeringIn(double millis) {
            return new Setup(
                    perSecond, burst, limits, reset, scatterMillis, millis, othersPerSecond, tells);
        }

        Setup beside(double others) {
            return new Setup(
                    perSecond, burst, limits, reset, scatterMillis, latencyMillis, others, tells);
        }

        /** Only {@code retry-after} tells of the limit. */
        Setup silent() {
            return new Setup(
                    perSecond,
                    burst,
                    limits,
                    reset,
                    scatterMillis,
                    latencyMillis,
                    othersPerSecond,
                    false);
        }
    }

    private final class Bucket {
        final Limit limit;
        final int perCall;
        double level = setup.burst();

        Bucket(Limit limit) {
            this.limit = limit;
            this.perCall =
                    switch (limit) {
                        case REQUESTS -> 1;
                        case INPUT_TOKENS -> INPUT_TOKENS;
                        case OUTPUT_TOKENS -> OUTPUT_TOKENS;
                        case TOKENS -> INPUT_TOKENS + OUTPUT_TOKENS;
                    };
        }

        void fill(double seconds) {
            level = Math.min(setup.burst(), level + seconds * setup.perSecond());
        }

        boolean whenAnswered() {
            return limit == Limit.OUTPUT_TOKENS;
        }

        double missing() {
            return (whenAnswered() ? 1.0 / perCall : 1) - level;
        }

        Allowance told() {
            double units = Math.max(0, level) * perCall;
            long remaining = perCall == 1 ? (long) units : Math.round(units / 1000) * 1000;
            var full =
                    after((setup.burst() - level) / setup.perSecond() * 1000 + 999.999)
                            .truncatedTo(ChronoUnit.SECONDS);
            return new Allowance(
                    Math.round(setup.perSecond() * 60 * perCall),
                    remaining,
                    switch (setup.reset()) {
                        case RIGHT -> full;
                        case ABSENT -> null;
                        case PAST -> full.minusSeconds(30);
                        case MINUTE_OFF -> full.plusSeconds(60);
                        case OTHER_ZONE -> full.plusSeconds(3_600);
                    });
        }
    }

    JitteryUpstream(Setup setup, long seed) {
        this.setup = setup;
        this.random = new Random(seed);
        this.pace =
                new Pace(
                        "jittery",
                        CALLS_MAX,
                        new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(15)),
                        random);
        setup.limits().forEach(limit -> buckets.add(new Bucket(limit)));
    }

    private Instant after(double millis) {
        return now.plusNanos((long) (millis * 1e6));
    }

    /** Always with more to be sent than may be. */
    JitteryUpstream run(Duration length) {
        var end = now.plus(length);
        while (true) {
            var next = queue.peek();
            var at = next == null || lookAt.isBefore(next.at()) ? lookAt : next.at();
            at = at.isBefore(blindUntil) ? blindUntil : at;
            if (at.isAfter(end)) {
                now = end;
                return this;
            }
            now = at.isAfter(now) ? at : now;
            if (next != null && !next.at().isAfter(now)) {
                queue.remove();
                next.what().run();
            }
            send();
            if (random.nextInt(20_000) == 0) {
                // Somebody else had the processor, or the collector has stopped us all.
                blindUntil = after(20 + random.nextInt(180));
            }
        }
    }

    private void send() {
        while (pace.hasRoom(now)) {
            var cost = pace.cost(INPUT_TOKENS, 0, OUTPUT_TOKENS_MAX);
            var wait = pace.wait(cost, now);
            if (!wait.isZero()) {
                // A wake-up comes when the system gets round to it.
                lookAt = now.plus(wait).plusNanos((long) (-Math.log(random.nextDouble()) * 2e5));
                return;
            }
            var sent = pace.started(cost, now);
            after(0.1 + random.nextDouble() * setup.scatterMillis(), () -> arrive(sent));
        }
        var more = pace.untilMore(now);
        lookAt = now.plus(more == null ? Duration.ofMillis(5) : more);
    }

    private void after(double millis, Runnable what) {
        queue.add(new Due(after(millis), order++, what));
    }

    private void fill() {
        double left = Duration.between(filledAt, now).toNanos() / 1e9;
        filledAt = now;
        while (left > 0) {
            double untilOther =
                    setup.othersPerSecond() == 0
                            ? Double.POSITIVE_INFINITY
                            : (1 - otherDue) / setup.othersPerSecond();
            double step = Math.min(left, untilOther);
            left -= step;
            buckets.forEach(bucket -> bucket.fill(step));
            otherDue += step * setup.othersPerSecond();
            if (step == untilOther) {
                otherDue = 0;
                otherCalls();
            }
        }
    }

    private void otherCalls() {
        if (buckets.stream().allMatch(bucket -> bucket.level >= 1)) {
            buckets.forEach(bucket -> bucket.level--);
            otherTook++;
        }
    }

    private void arrive(Sent sent) {
        fill();
        double missing = buckets.stream().mapToDouble(Bucket::missing).max().orElse(0);
        if (missing > 0) {
            refused++;
            var told = told();
            var retryAfter = Duration.ofSeconds((long) Math.ceil(missing / setup.perSecond()));
            after(0.3, () -> refused(sent, told, retryAfter));
            return;
        }
        accepted++;
        buckets.stream().filter(bucket -> !bucket.whenAnswered()).forEach(bucket -> bucket.level--);
        var told = told();
        double stall = random.nextInt(100) == 0 ? 200 : 0;
        after(
                setup.latencyMillis() * (0.1 + 0.9 * random.nextDouble()) + stall,
                () -> answered(sent, told));
    }

    private Headroom told() {
        if (!setup.tells()) {
            return Headroom.UNTOLD;
        }
        var told = new EnumMap<Limit, Allowance>(Limit.class);
        buckets.forEach(bucket -> told.put(bucket.limit, bucket.told()));
        return new Headroom(told);
    }

    private void answered(Sent sent, Headroom told) {
        fill();
        buckets.stream().filter(Bucket::whenAnswered).forEach(bucket -> bucket.level--);
        pace.finished(sent);
        pace.told(told, sent, new Moment(now, now));
        pace.used(
                new AttemptOutcome.Answered(
                        JsonBytes.of("{}"),
                        new Usage(INPUT_TOKENS, OUTPUT_TOKENS, 0, 0, 0),
                        Billing.UNKNOWN,
                        told),
                INPUT_TOKENS,
                OUTPUT_TOKENS_MAX,
                sent);
        pace.answered(sent, sent, now);
    }

    private void refused(Sent sent, Headroom told, @Nullable Duration retryAfter) {
        pace.finished(sent);
        pace.toldRefusing(told, false, sent, new Moment(now, now));
        pace.throttled(retryAfter, false, sent, now);
    }

    /** Of what was there at the start and has flown in since, in per cent. */
    double used() {
        double seconds = Duration.between(START, now).toNanos() / 1e9;
        return 100 * accepted / (setup.burst() + seconds * setup.perSecond() - otherTook);
    }

    UpstreamState state() {
        return pace.state(0, new Moment(now, now));
    }

    double refusedShare() {
        return 100.0 * refused / (accepted + refused);
    }
}
