package dev.nightmail.upstream.simulator.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How much is allowed in a minute, which may change with time.
 *
 * @param first from the start of the service
 * @param changes in order of time
 */
public record PerMinute(long first, List<Change> changes) {

    /** Enough for any service, and little enough for exact arithmetic. */
    public static final long MAX = 100_000_000;

    /**
     * @param after the start of the service
     */
    public record Change(Duration after, long perMinute) {}

    public PerMinute {
        changes = List.copyOf(changes);
        requireAllowed(first);
        var before = Duration.ZERO;
        for (var change : changes) {
            requireAllowed(change.perMinute());
            if (change.after().compareTo(before) <= 0) {
                throw new IllegalArgumentException(
                        "changes of a limit must come one after another");
            }
            before = change.after();
        }
    }

    private static void requireAllowed(long perMinute) {
        if (perMinute < 1 || perMinute > MAX) {
            throw new IllegalArgumentException(
                    "%d a minute must be between 1 and %d".formatted(perMinute, MAX));
        }
    }

    public static PerMinute of(long perMinute) {
        return new PerMinute(perMinute, List.of());
    }

    /**
     * Reads {@code 600}, or with changes {@code 600 300@10m 1200@20m}: 600 a minute, 300 from ten
     * minutes after the start on, and so on.
     *
     * @throws IllegalArgumentException saying what is wrong, and what may stand there
     */
    public static PerMinute parse(String text) {
        var words = text.strip().split("\\s+", -1);
        var allowed = of(count(words[0]));
        for (int i = 1; i < words.length; i++) {
            int at = words[i].indexOf('@');
            if (at < 0) {
                throw new IllegalArgumentException(
                        "'%s' must say from when on, such as 300@10m".formatted(words[i]));
            }
            allowed =
                    allowed.then(
                            RuleText.duration(words[i].substring(at + 1)),
                            count(words[i].substring(0, at)));
        }
        return allowed;
    }

    private static long count(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'%s' must be a number a minute, such as 600, or several, such as 600 300@10m"
                            .formatted(text),
                    e);
        }
    }

    /** The same until a time after the start of the service, and from there on another. */
    public PerMinute then(Duration after, long perMinute) {
        var more = new ArrayList<>(changes);
        more.add(new Change(after, perMinute));
        return new PerMinute(first, more);
    }
}
