package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.relay.RelayId;
import java.time.Instant;

/**
 * Something to look at when its time has come. A timer whose reason is gone by then does nothing.
 *
 * @param at on whichever clock it was set by
 * @param order breaks ties, so that equal times are handled in the order in which they were set
 */
record Timer(Instant at, long order, Due due) implements Comparable<Timer> {

    sealed interface Due {
        /** A request may be tried again. */
        record Retry(BatchId batch, int request, Lane lane, Turns upstream) implements Due {}

        record Expiry(BatchId batch) implements Due {}

        /** A batch that could not be opened may be tried again. */
        record Opening(BatchId batch) implements Due {}

        /** A batch whose requests could not be read has rested. */
        record Rested(BatchId batch) implements Due {}

        /** A log that failed may be opened again. */
        record Storage(BatchId batch) implements Due {}

        /** Results whose requests could not be named may be tried again. */
        record Withheld(BatchId batch) implements Due {}

        /** A state that could not be recorded is recorded again. */
        record Recording(BatchId batch) implements Due {}

        /** An upstream has rested; whoever waits for it is looked after anyway at each event. */
        record PauseOver() implements Due {}

        /** A call that warms a cache for others takes long. */
        record Lagging(Turns upstream, Lane lane, PrefixGroup group) implements Due {}

        /** An interactive call that was refused may be tried again. */
        record InteractiveRetry(long call, int tries, String upstream) implements Due {}

        /** … or has waited long enough. */
        record InteractiveOverdue(long call) implements Due {}

        record LeaseSweep() implements Due {}

        /** Requests have waited long enough for others to travel with; looked after as above. */
        record Lingered() implements Due {}

        /** A request that could not be read for a relay may be tried again. */
        record Rereading(BatchId batch, String upstream, int request) implements Due {}

        /** Outcomes of a relay that could not be taken may be asked for again. */
        record Recollection(RelayId relay) implements Due {}
    }

    @Override
    public int compareTo(Timer other) {
        int byTime = at.compareTo(other.at);
        return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
}
