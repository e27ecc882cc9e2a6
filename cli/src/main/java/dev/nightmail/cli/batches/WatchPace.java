package dev.nightmail.cli.batches;

import dev.nightmail.cli.text.Standing;
import dev.nightmail.pipeline.client.RequestCounts;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How fast a batch goes, measured since somebody watches: what went before tells little. */
final class WatchPace {

    private final Instant since;
    private @Nullable Long settledBefore;

    WatchPace(Instant since) {
        this.since = since;
    }

    Standing at(RequestCounts counts, Instant now) {
        var before = settledBefore;
        if (before == null) {
            before = counts.settled();
            settledBefore = before;
        }
        var elapsed = Duration.between(since, now);
        var perSecond =
                elapsed.isPositive() ? (counts.settled() - before) * 1e9 / elapsed.toNanos() : 0;
        return new Standing(counts.settled(), counts.total(), perSecond, null, elapsed);
    }
}
