package dev.nightmail.cli.text;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Progress for logs: a line when something has changed and enough time has passed, the longer the
 * work takes the seldomer.
 */
public final class PlainProgress implements ProgressDisplay {

    private static final Duration INTERVAL_MIN = Duration.ofSeconds(5);
    private static final Duration INTERVAL_MAX = Duration.ofMinutes(5);

    /** So many lines each time the elapsed time doubles, or nearly so. */
    private static final int SHARE_OF_ELAPSED = 10;

    private final PrintStream out;
    private final InstantSource clock;
    private final Instant startedAt;
    private Instant toldAt;
    private @Nullable Long toldSettled;

    public PlainProgress(PrintStream out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.toldAt = startedAt;
    }

    @Override
    public void phase(String what) {
        // Only notes and figures are worth a line in a log.
    }

    @Override
    public void at(Standing standing) {
        var now = clock.instant();
        var told = toldSettled;
        if (Duration.between(toldAt, now).compareTo(interval(now)) < 0
                || (told != null && told == standing.settled())) {
            return;
        }
        toldAt = now;
        toldSettled = standing.settled();
        note(line(standing));
    }

    @Override
    public void note(String line) {
        out.println(Shown.line(line));
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }

    static String line(Standing standing) {
        var parts = new ArrayList<String>();
        parts.add(
                Figures.count(standing.settled())
                        + " of "
                        + Figures.count(standing.total())
                        + " settled ("
                        + standing.percent()
                        + " %)");
        if (standing.perSecond() > 0) {
            parts.add(Figures.rate(standing.perSecond()));
        }
        standing.left().ifPresent(left -> parts.add(Figures.duration(left) + " left"));
        var cost = standing.costMicros();
        if (cost != null) {
            parts.add(Figures.money(cost) + " so far");
        }
        return String.join(", ", parts);
    }

    private Duration interval(Instant now) {
        var share = Duration.between(startedAt, now).dividedBy(SHARE_OF_ELAPSED);
        if (share.compareTo(INTERVAL_MIN) < 0) {
            return INTERVAL_MIN;
        }
        return share.compareTo(INTERVAL_MAX) < 0 ? share : INTERVAL_MAX;
    }
}
