package dev.nightmail.cli.batches;

import dev.nightmail.cli.text.Standing;
import dev.nightmail.pipeline.client.RequestCounts;
import dev.nightmail.pipeline.run.RecentRate;
import java.time.Duration;
import java.time.Instant;

/** How far a batch is, and how fast it goes. */
final class WatchPace {

    private final Instant since;
    private final RecentRate rate = new RecentRate();

    WatchPace(Instant since) {
        this.since = since;
    }

    Standing at(RequestCounts counts, Instant now) {
        return new Standing(
                counts.settled(),
                counts.total(),
                rate.perSecond(counts.settled(), now),
                null,
                Duration.between(since, now));
    }
}
