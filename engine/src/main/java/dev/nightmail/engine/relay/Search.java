package dev.nightmail.engine.relay;

import dev.nightmail.core.relay.RelayRecord;
import dev.nightmail.core.relay.RelayedId;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.BatchUpstream.Collection;
import dev.nightmail.core.upstream.BatchUpstream.Listing;
import dev.nightmail.core.upstream.BatchUpstream.Seen;
import dev.nightmail.core.upstream.RelayedOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks among a provider's batches for one that may have been made. A candidate was made since the
 * intent and has as many requests; it is known by the custom_id of any of its results, which names
 * its relay ({@link RelayedId}). So one that has not ended may have to be waited for.
 */
final class Search {

    private static final Logger log = LoggerFactory.getLogger(Search.class);

    /**
     * The provider's clock and ours may differ by so much. Generous: a candidate too many costs a
     * look, one too few is paid twice.
     */
    private static final Duration CLOCKS_APART_MAX = Duration.ofDays(1);

    /** Nobody makes so many batches while one is searched for. */
    private static final int PAGES_MAX = 1_000;

    private final BatchUpstream upstream;
    private final RelayRecord intent;
    private final Duration settling;
    private final KnownBatches known;
    private final LongSupplier nanoTime;
    private final long begunNanos;
    private final Set<String> others = new HashSet<>();

    Search(
            BatchUpstream upstream,
            RelayRecord intent,
            Duration settling,
            KnownBatches known,
            LongSupplier nanoTime) {
        this.upstream = upstream;
        this.intent = intent;
        this.settling = settling;
        this.known = known;
        this.nanoTime = nanoTime;
        this.begunNanos = nanoTime.getAsLong();
    }

    sealed interface Finding {
        record Found(String providerId) implements Finding {}

        /** It is not there, and would be by now. */
        record NeverMade() implements Finding {}

        /**
         * @param why the provider could not be asked; null if only time can tell
         */
        record NotYetKnown(@Nullable AttemptOutcome why) implements Finding {}
    }

    Finding look() throws InterruptedException {
        // As of now: what is made while the provider takes its time is not on its list.
        boolean settled = nanoTime.getAsLong() - begunNanos >= settling.toNanos();
        var candidates = new ArrayList<Seen>();
        String after = null;
        for (int page = 0; page < PAGES_MAX; page++) {
            switch (upstream.list(after)) {
                case Listing.Unseen(var why) -> {
                    return new Finding.NotYetKnown(why);
                }
                case Listing.Page(var batches, boolean hasMore) -> {
                    batches.stream().filter(this::isCandidate).forEach(candidates::add);
                    if (!hasMore || batches.isEmpty() || isTooOld(batches.getLast())) {
                        return judge(candidates, settled);
                    }
                    after = batches.getLast().id();
                }
            }
        }
        return judge(candidates, settled);
    }

    private boolean isCandidate(Seen batch) {
        return batch.requests() == intent.sent().requests()
                && !isTooOld(batch)
                && !known.contains(batch.id())
                && !others.contains(batch.id());
    }

    private boolean isTooOld(Seen batch) {
        return batch.createdAt().isBefore(intent.intendedAt().minus(CLOCKS_APART_MAX));
    }

    private Finding judge(List<Seen> candidates, boolean settled) throws InterruptedException {
        boolean undecided = false;
        for (var candidate : candidates) {
            if (!candidate.ended()) {
                undecided = true;
                continue;
            }
            if (candidate.resultsGone()) {
                log.error(
                        "event=relay_search_blind relay={} provider_batch={} reason=\"its results are gone, so whose it was nobody knows\"",
                        intent.relay().id(),
                        candidate.id());
                others.add(candidate.id());
                continue;
            }
            var first = new First();
            switch (upstream.results(candidate.id(), first)) {
                case Collection.Unseen(var why) -> {
                    return new Finding.NotYetKnown(why);
                }
                case Collection.Whole _, Collection.Broken _, Collection.Unknown _ -> {
                    if (first.isOf(intent)) {
                        return new Finding.Found(candidate.id());
                    }
                    if (first.customId == null) {
                        undecided = true;
                    } else {
                        others.add(candidate.id());
                    }
                }
            }
        }
        return settled && !undecided ? new Finding.NeverMade() : new Finding.NotYetKnown(null);
    }

    /** Reads one result and no more. */
    private static final class First implements BatchUpstream.Receiver {
        private @Nullable String customId;

        @Override
        public boolean take(String id, RelayedOutcome outcome) {
            customId = id;
            return false;
        }

        boolean isOf(RelayRecord intent) {
            var id = customId;
            return id != null
                    && RelayedId.parse(id)
                            .filter(parsed -> parsed.relay().equals(intent.relay().id()))
                            .isPresent();
        }
    }
}
