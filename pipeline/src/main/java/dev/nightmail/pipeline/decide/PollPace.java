package dev.nightmail.pipeline.decide;

import java.time.Duration;

/**
 * How long to wait before asking again how batches stand: short at first, since a local server
 * answers small batches in a moment, then longer and longer, since a large one takes hours. The
 * hosted API is asked in moderation from the start (wire contract, section 9: 1,000 calls a minute
 * for everything).
 */
public record PollPace(Duration first, Duration last, double growth) {

    public static final PollPace LOCAL =
            new PollPace(Duration.ofMillis(50), Duration.ofSeconds(5), 1.3);
    public static final PollPace HOSTED =
            new PollPace(Duration.ofSeconds(5), Duration.ofMinutes(1), 1.2);

    public Duration after(Duration previous) {
        var next = Duration.ofMillis((long) Math.ceil(previous.toMillis() * growth));
        return next.compareTo(last) < 0 ? next : last;
    }
}
