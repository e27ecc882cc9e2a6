package dev.nightmail.bench.pace;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The rate limits of one cell: buckets that refill continuously, full at the start, and another
 * client that takes from them evenly. For any thread.
 */
final class Account {

    private static final double SECOND = 1e9;

    private final Cell cell;
    private final List<Bucket> buckets = new ArrayList<>();
    private long at;
    private long firstAt = Long.MIN_VALUE;
    private double otherDue;
    private long accepted;
    private long refused;
    private double othersTook;

    /** What is told of one limit. */
    record Told(String name, long limit, long remaining, Duration untilFull) {}

    /** Whether a call was let in, and what it is told. */
    record Admission(boolean accepted, long retryAfterSeconds, List<Told> told) {}

    /**
     * What has been counted since the first call.
     *
     * @param allowed calls that a perfect client could have made until now
     */
    record Counts(long accepted, long refused, double allowed) {

        /** {@code accepted refused allowed}, as {@link #toString} writes it. */
        static Counts of(String text) {
            var parts = text.split(" ", 3);
            return new Counts(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    Double.parseDouble(parts[2]));
        }

        Counts minus(Counts before) {
            return new Counts(
                    accepted - before.accepted, refused - before.refused, allowed - before.allowed);
        }

        @Override
        public String toString() {
            return accepted + " " + refused + " " + allowed;
        }
    }

    /** In calls' worth, whatever it counts. */
    private final class Bucket {
        final String name;
        final int perCall;
        final boolean whenAnswered;
        double level = cell.burst();

        Bucket(String name, int perCall, boolean whenAnswered) {
            this.name = name;
            this.perCall = perCall;
            this.whenAnswered = whenAnswered;
        }

        void fill(double seconds) {
            level = Math.min(cell.burst(), level + seconds * cell.perSecond());
        }

        /** What counts only once it is written lets a call in while anything is left. */
        double missing() {
            return (whenAnswered ? 1.0 / perCall : 1) - level;
        }

        Told told() {
            double units = Math.max(0, level) * perCall;
            long remaining =
                    perCall == 1 ? (long) Math.floor(units) : Math.round(units / 1000) * 1000;
            return new Told(
                    name,
                    Math.round(cell.perSecond() * 60 * perCall),
                    remaining,
                    Duration.ofNanos((long) ((cell.burst() - level) / cell.perSecond() * SECOND)));
        }
    }

    Account(Cell cell, long now) {
        this.cell = cell;
        this.at = now;
        boolean openai = cell.headers() == Cell.Headers.OPENAI;
        boolean all = cell.counts() == Cell.Counts.ALL;
        if (all || cell.counts() == Cell.Counts.REQUESTS) {
            buckets.add(new Bucket("requests", 1, false));
        }
        if (all || cell.counts() == Cell.Counts.INPUT_TOKENS) {
            buckets.add(new Bucket(openai ? "tokens" : "input-tokens", Cell.INPUT_TOKENS, false));
        }
        if (all || cell.counts() == Cell.Counts.OUTPUT_TOKENS) {
            buckets.add(new Bucket("output-tokens", Cell.OUTPUT_TOKENS, true));
        }
    }

    private void advance(long now) {
        double left = Math.max(0, (now - at) / SECOND);
        at = Math.max(at, now);
        while (left > 0) {
            double untilOther =
                    cell.others() == 0 || firstAt == Long.MIN_VALUE
                            ? Double.POSITIVE_INFINITY
                            : (1 - otherDue) / cell.others();
            double step = Math.min(left, untilOther);
            left -= step;
            buckets.forEach(bucket -> bucket.fill(step));
            if (step == untilOther) {
                otherDue = 0;
                otherCalls();
            } else {
                otherDue += step * cell.others();
            }
        }
    }

    private void otherCalls() {
        if (buckets.stream().allMatch(bucket -> bucket.level >= 1)) {
            buckets.forEach(bucket -> bucket.level -= 1);
            othersTook++;
        }
    }

    synchronized Admission arrive(long now) {
        if (firstAt == Long.MIN_VALUE) {
            advance(now);
            firstAt = now;
        }
        advance(now);
        double missing = buckets.stream().mapToDouble(Bucket::missing).max().orElse(0);
        if (missing > 0) {
            refused++;
        } else {
            accepted++;
            for (var bucket : buckets) {
                bucket.level -= bucket.whenAnswered ? 0 : 1;
            }
        }
        return new Admission(
                missing <= 0,
                (long) Math.ceil(missing / cell.perSecond()),
                buckets.stream().map(Bucket::told).toList());
    }

    /** An answer is written. */
    synchronized void answered(long now) {
        advance(now);
        for (var bucket : buckets) {
            bucket.level -= bucket.whenAnswered ? 1 : 0;
        }
    }

    synchronized Counts counts(long now) {
        if (firstAt == Long.MIN_VALUE) {
            return new Counts(0, 0, 0);
        }
        advance(now);
        double allowed = cell.burst() + (now - firstAt) / SECOND * cell.perSecond() - othersTook;
        return new Counts(accepted, refused, allowed);
    }
}
