package dev.nightmail.engine.relay;

import dev.nightmail.core.relay.RelayRecord;
import dev.nightmail.core.relay.RelayedId;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.BatchUpstream.Collection;
import dev.nightmail.core.upstream.BatchUpstream.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks among a provider's batches for one that may have been made. It is known by the custom_id of
 * any of its results, which names its relay ({@link RelayedId}). So one that has not ended may have
 * to be waited for.
 *
 * <p>Any batch made since the intent is a candidate, and only proof rules one out: that it holds
 * more requests than were sent (fewer prove nothing, since a provider may not have counted all of
 * them yet), or results of others and none of ours, seen twice. What proves nothing leaves the
 * search without an answer: then the requests are not sent again, since they may be paid already.
 */
final class Search {

    /**
     * The provider's clock and ours may differ by so much. Generous: a candidate too many costs a
     * look, one too few is paid twice.
     */
    private static final Duration CLOCKS_APART_MAX = Duration.ofDays(1);

    /** One look that shows the results of others may be a fault of the provider. */
    private static final int FOREIGN_LOOKS_MIN = 2;

    /** Downloads of candidates' results before the next look at the list. */
    private static final int DOWNLOADS_MAX = 50;

    private final BatchUpstream upstream;
    private final RelayRecord intent;
    private final Duration settling;
    private final KnownBatches known;
    private final LongSupplier nanoTime;
    private final long begunNanos;
    private final Map<String, Integer> downloads = new HashMap<>();
    private final Map<String, Integer> foreignLooks = new HashMap<>();
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

        /**
         * What the provider says leaves it open, and time alone will not change that.
         *
         * @param reason in words
         */
        record Unknowable(String reason) implements Finding {}
    }

    Finding look() throws InterruptedException {
        // As of now: what is made while the provider takes its time is not on its list.
        boolean settled = nanoTime.getAsLong() - begunNanos >= settling.toNanos();
        return switch (ListedBatches.read(upstream, madeSince())) {
            case ListedBatches.Read.Unseen(var why) -> new Finding.NotYetKnown(why);
            case ListedBatches.Read.Listed(var batches, var gap) -> judge(batches, gap, settled);
        };
    }

    private Instant madeSince() {
        return intent.intendedAt().minus(CLOCKS_APART_MAX);
    }

    private Finding judge(List<Seen> batches, @Nullable String gap, boolean settled)
            throws InterruptedException {
        var candidates =
                batches.stream()
                        .filter(this::isCandidate)
                        .sorted(
                                Comparator.comparingInt(this::downloadsOf)
                                        .thenComparing(batch -> !isOfOurSize(batch)))
                        .toList();
        boolean awaited = false;
        var unknown = gap;
        int left = DOWNLOADS_MAX;
        for (var candidate : candidates) {
            if (!candidate.ended() || left == 0) {
                awaited = true;
                continue;
            }
            left--;
            switch (proofOf(candidate)) {
                case Proof.Ours() -> {
                    return new Finding.Found(candidate.id());
                }
                case Proof.SomebodyElses() -> others.add(candidate.id());
                case Proof.LookAgain() -> awaited = true;
                case Proof.ProviderAway(var why) -> {
                    return new Finding.NotYetKnown(why);
                }
                case Proof.None() ->
                        unknown = "whose batch " + candidate.id() + " is its results do not say";
            }
        }
        if (awaited) {
            return new Finding.NotYetKnown(null);
        }
        if (unknown != null) {
            return new Finding.Unknowable(unknown);
        }
        return settled ? new Finding.NeverMade() : new Finding.NotYetKnown(null);
    }

    private int downloadsOf(Seen batch) {
        return downloads.getOrDefault(batch.id(), 0);
    }

    private boolean isOfOurSize(Seen batch) {
        return batch.requests() == intent.sent().requests();
    }

    private boolean isCandidate(Seen batch) {
        var createdAt = batch.createdAt();
        boolean isTooOld = createdAt != null && createdAt.isBefore(madeSince());
        return batch.requests() <= intent.sent().requests()
                && !isTooOld
                && !known.contains(batch.id())
                && !others.contains(batch.id());
    }

    /** What the results of a candidate prove. */
    private sealed interface Proof {
        record Ours() implements Proof {}

        record SomebodyElses() implements Proof {}

        /** They are others', as far as one look can tell. */
        record LookAgain() implements Proof {}

        /** Nothing, for nothing can be asked now. */
        record ProviderAway(AttemptOutcome why) implements Proof {}

        record None() implements Proof {}
    }

    /** Archived ones are looked at as well: what the provider still has it may hand out. */
    private Proof proofOf(Seen candidate) throws InterruptedException {
        downloads.merge(candidate.id(), 1, Integer::sum);
        var lines = new CandidateLines(intent.relay().id());
        var how = upstream.results(candidate.id(), lines);
        if (lines.isOurs()) {
            return new Proof.Ours();
        }
        if (lines.areAllForeign(how)) {
            int looks = foreignLooks.merge(candidate.id(), 1, Integer::sum);
            return looks >= FOREIGN_LOOKS_MIN ? new Proof.SomebodyElses() : new Proof.LookAgain();
        }
        return switch (how) {
            // Which says nothing of this batch: the next one could not be looked at either.
            case Collection.Unseen(AttemptOutcome.Unreachable why) -> new Proof.ProviderAway(why);
            case Collection.Unseen(AttemptOutcome.Throttled why) -> new Proof.ProviderAway(why);
            case Collection.Unseen _,
                    Collection.Whole _,
                    Collection.Broken _,
                    Collection.Unknown _ ->
                    new Proof.None();
        };
    }
}
