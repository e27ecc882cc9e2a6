package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.answer.Outcome;
import dev.nightmail.pipeline.answer.ResultLine;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.ResultStream;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.StoredBatch;
import dev.nightmail.wire.batch.ResultsDownload;
import dev.nightmail.wire.batch.ResultsJudge;
import dev.nightmail.wire.batch.ResultsJudge.Standing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the results of an ended batch and has them applied, a group at a time. Broken off
 * anywhere, it may start over: what was applied stays applied once.
 *
 * <p>What is downloaded need not be the results: a proxy may answer with a page, a service may not
 * have written them all yet. {@link ResultsJudge} says what it is. Answers are applied as they
 * come; any other result only when the whole download holds no answer for its request. A download
 * that lacks results is fetched again for {@code retry.missing}. A request that has none even then
 * is set aside: it may have been answered and paid for, so it is not sent again. Where there is no
 * result at all, nothing is decided: its answers are somewhere.
 */
final class Collector {

    private static final int DOWNLOADS_MAX = 3;
    private static final Duration PAUSE_MIN = Duration.ofSeconds(5);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(10);

    /** Long answers make short groups: what is held in memory is bounded in bytes, too. */
    private static final long GROUP_BYTES_MAX = 16 * 1024 * 1024;

    /** Results without an answer are short, so that this is enough for 100,000 of most kinds. */
    private static final long KEPT_BYTES_MAX = 32 * 1024 * 1024;

    /** Since when a batch's results are incomplete, and when they are fetched again. */
    private record Waiting(Instant since, Instant until, Duration pause) {}

    private final Map<Integer, Waiting> waiting = new HashMap<>();
    private final BatchesClient client;
    private final PipelineState state;
    private final ResultApplier applier;
    private final RunLimits limits;
    private final Duration patience;
    private final InstantSource clock;
    private final ProgressListener listener;

    /**
     * @param patience for which results that are missing are fetched again
     */
    Collector(
            BatchesClient client,
            PipelineState state,
            ResultApplier applier,
            RunLimits limits,
            Duration patience,
            InstantSource clock,
            ProgressListener listener) {
        this.client = client;
        this.state = state;
        this.applier = applier;
        this.limits = limits;
        this.patience = patience;
        this.clock = clock;
        this.listener = listener;
    }

    /**
     * @param batchId the endpoint's name of it
     * @param seen how the endpoint described it a moment ago
     * @return whether it is done with; if not, its results are fetched again by a later call
     * @throws RunException if none of them could be read for as long as patience lasts
     */
    boolean collect(StoredBatch batch, String batchId, BatchSnapshot seen)
            throws InterruptedException {
        var waited = waiting.get(batch.number());
        if (waited != null && clock.instant().isBefore(waited.until())) {
            return false;
        }
        var fetched = fetch(batch, batchId, seen);
        var isWhole = fetched instanceof Fetched.Lines lines && lines.coversAllOpen();
        if (!isWhole && isWorthWaiting(waited)) {
            waitFor(batch, batchId, waited);
            return false;
        }
        switch (fetched) {
            case Fetched.Lines lines -> {
                if (!isWhole && lines.judged() instanceof ResultsDownload.NoResults) {
                    throw unreadable(batch, batchId);
                }
                applyKeptBack(batch, lines.judge());
                setMissingAside(batch, batchId + " ended without a result for this request");
                tellOddities(batch, batchId, seen, lines.judged().lines());
            }
            case Fetched.Changing() -> throw unreadable(batch, batchId);
            case Fetched.Gone() ->
                    setMissingAside(
                            batch,
                            "the endpoint does not have the results of " + batchId + " any more");
        }
        waiting.remove(batch.number());
        state.inTransaction(() -> state.batches().collected(batch, clock.instant()));
        listener.on(new RunEvent.BatchCollected(batch.number(), batchId));
        return true;
    }

    /** When results that an ended batch lacks are fetched again; empty if none lacks any. */
    Optional<Instant> nextFetch() {
        return waiting.values().stream().map(Waiting::until).min(Comparator.naturalOrder());
    }

    private static RunException unreadable(StoredBatch batch, String batchId) {
        return new RunException(
                "the results of "
                        + batchId
                        + " cannot be read: what the endpoint sends are no results. Run again once it does; or delete the batch there to have its "
                        + batch.requests()
                        + " requests sent, and paid for, anew",
                null);
    }

    private boolean isWorthWaiting(@Nullable Waiting waited) {
        return waited == null
                ? patience.isPositive()
                : Duration.between(waited.since(), clock.instant()).compareTo(patience) < 0;
    }

    private void waitFor(StoredBatch batch, String batchId, @Nullable Waiting waited) {
        var now = clock.instant();
        var doubled = waited == null ? PAUSE_MIN : waited.pause().multipliedBy(2);
        var pause = doubled.compareTo(PAUSE_MAX) < 0 ? doubled : PAUSE_MAX;
        waiting.put(
                batch.number(),
                new Waiting(waited == null ? now : waited.since(), now.plus(pause), pause));
        listener.on(
                new RunEvent.ResultsAwaited(
                        batch.number(), batchId, state.batches().openCount(batch), pause));
    }

    // Downloading

    /** What became of fetching a batch's results. */
    private sealed interface Fetched {

        /**
         * @param coversAllOpen whether there is a result for each request that had none
         */
        record Lines(ResultsJudge<String, Outcome> judge, boolean coversAllOpen)
                implements Fetched {
            ResultsDownload judged() {
                return judge.judge();
            }
        }

        /** They were not the same when a broken download was taken up, time and again. */
        record Changing() implements Fetched {}

        /** The endpoint has the batch, but not its results. */
        record Gone() implements Fetched {}
    }

    private Fetched fetch(StoredBatch batch, String batchId, BatchSnapshot seen)
            throws InterruptedException {
        for (int download = 1; ; download++) {
            try {
                return read(batch, batchId);
            } catch (BrokenAnswerException e) {
                // Read them afresh, and if need be later.
                if (download >= DOWNLOADS_MAX) {
                    return new Fetched.Changing();
                }
            } catch (RefusedException e) {
                // What was archived may be refused in any words.
                boolean archived = seen.archivedAt() != null && e.isServicesOwn() && !e.mayPass();
                if (!e.isNotThere() && !archived) {
                    throw e;
                }
                return new Fetched.Gone();
            }
        }
    }

    private Fetched read(StoredBatch batch, String batchId) throws InterruptedException {
        var judge = new ResultsJudge<String, Outcome>(batch.requests(), KEPT_BYTES_MAX);
        var seen = new BitSet();
        readOnce(batch, batchId, judge, seen);
        if (judge.needsAgain()) {
            judge.again();
            readOnce(batch, batchId, judge, seen);
        }
        return new Fetched.Lines(judge, state.batches().openCount(batch) == judge.keptBackCount());
    }

    private void readOnce(
            StoredBatch batch, String batchId, ResultsJudge<String, Outcome> judge, BitSet seen)
            throws InterruptedException {
        try (var results = client.results(batchId)) {
            for (var group = group(results); !group.isEmpty(); group = group(results)) {
                int applied = apply(batch, group, judge, seen);
                if (applied > 0) {
                    listener.on(new RunEvent.ResultsKept(batch.number(), applied));
                }
            }
        }
    }

    private List<byte[]> group(ResultStream results) throws InterruptedException {
        var group = new ArrayList<byte[]>();
        long bytes = 0;
        while (group.size() < limits.resultsPerCommit() && bytes < GROUP_BYTES_MAX) {
            var line = results.nextLine();
            if (line == null) {
                break;
            }
            group.add(line);
            bytes += line.length;
        }
        return group;
    }

    /** How many of the lines were applied. */
    private int apply(
            StoredBatch batch,
            List<byte[]> group,
            ResultsJudge<String, Outcome> judge,
            BitSet seen) {
        var applied = new int[1];
        state.inTransaction(() -> {
            for (var line : group) {
                applied[0] += apply(batch, line, judge, seen) ? 1 : 0;
            }
        });
        return applied[0];
    }

    private boolean apply(
            StoredBatch batch, byte[] line, ResultsJudge<String, Outcome> judge, BitSet seen) {
        var result = ResultLine.parse(line).orElse(null);
        if (result == null) {
            judge.unreadable();
            return false;
        }
        var member = state.batches().member(batch, result.customId()).orElse(null);
        if (member == null) {
            judge.ofNobody();
            return false;
        }
        var open = member.open();
        if (open == null) {
            if (seen.get(member.ordinal())) {
                judge.repeated();
            } else {
                seen.set(member.ordinal());
                judge.settledBefore();
            }
            return false;
        }
        var outcome = result.outcome();
        if (!judge.take(result.customId(), standing(outcome), outcome, line.length)) {
            return false;
        }
        seen.set(member.ordinal());
        applier.apply(open, outcome);
        return true;
    }

    private static Standing standing(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Succeeded _ -> Standing.ANSWER;
            case Outcome.Errored(var kind, var _, var _) ->
                    kind.nextRunTriesAgain() ? Standing.OPEN : Standing.FINAL;
            case Outcome.Canceled _, Outcome.Expired _ -> Standing.OPEN;
        };
    }

    // Closing

    private void applyKeptBack(StoredBatch batch, ResultsJudge<String, Outcome> judge) {
        var group = new ArrayList<Map.Entry<String, Outcome>>();
        for (var kept : judge.keptBack().entrySet()) {
            group.add(kept);
            if (group.size() >= limits.resultsPerCommit()) {
                applyAll(batch, group);
            }
        }
        applyAll(batch, group);
    }

    private void applyAll(StoredBatch batch, List<Map.Entry<String, Outcome>> group) {
        if (group.isEmpty()) {
            return;
        }
        state.inTransaction(() -> {
            for (var kept : group) {
                var member = state.batches().member(batch, kept.getKey()).orElse(null);
                var open = member == null ? null : member.open();
                if (open != null) {
                    applier.apply(open, kept.getValue());
                }
            }
        });
        listener.on(new RunEvent.ResultsKept(batch.number(), group.size()));
        group.clear();
    }

    private void setMissingAside(StoredBatch batch, String what) {
        var reason =
                what
                        + "; it may have been answered and paid for, so it is not sent again by itself";
        while (true) {
            var missing = state.batches().open(batch, limits.resultsPerCommit());
            if (missing.isEmpty()) {
                return;
            }
            state.inTransaction(
                    () -> missing.forEach(attempt -> applier.applyMissing(attempt, reason)));
        }
    }

    private void tellOddities(
            StoredBatch batch, String batchId, BatchSnapshot seen, ResultsDownload.Lines lines) {
        if (lines.passedOver() > 0) {
            listener.on(new RunEvent.ResultsPassedOver(batch.number(), lines.passedOver()));
        }
        long counted = seen.counts().settled();
        if (counted > 0 && counted != lines.results()) {
            listener.on(
                    new RunEvent.Noted(
                            "batch %d (%s): the endpoint counts %,d results, and sent results of %,d requests; what it sent is what counts"
                                    .formatted(batch.number(), batchId, counted, lines.results())));
        }
    }
}
