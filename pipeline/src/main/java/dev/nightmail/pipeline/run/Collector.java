package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.answer.Outcome;
import dev.nightmail.pipeline.answer.ResultLine;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.ResultStream;
import dev.nightmail.pipeline.decide.Report.Fetching;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Settling;
import dev.nightmail.pipeline.state.StoredBatch;
import dev.nightmail.wire.batch.ResultsDownload;
import dev.nightmail.wire.batch.ResultsJudge;
import dev.nightmail.wire.batch.ResultsJudge.Standing;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

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

    /** Long answers make short groups: what is held in memory is bounded in bytes, too. */
    private static final long GROUP_BYTES_MAX = 16 * 1024 * 1024;

    /** Results without an answer are short, so that this is enough for 100,000 of most kinds. */
    private static final long KEPT_BYTES_MAX = 32 * 1024 * 1024;

    private final BatchesApi client;
    private final PipelineState state;
    private final ResultApplier applier;
    private final RunLimits limits;
    private final InstantSource clock;
    private final Messages messages;

    Collector(
            BatchesApi client,
            PipelineState state,
            ResultApplier applier,
            RunLimits limits,
            InstantSource clock,
            Messages messages) {
        this.client = client;
        this.state = state;
        this.applier = applier;
        this.limits = limits;
        this.clock = clock;
        this.messages = messages;
    }

    /**
     * What it came to.
     *
     * @param askAgain records of the plan that go into another batch
     */
    record Collected(Fetching outcome, long askAgain) {}

    /**
     * @param seen how the endpoint described it a moment ago
     * @param isLast whether what is missing will not come any more
     * @throws RunException if none of them can be read, and that will not change
     */
    Collected collect(int number, BatchSnapshot seen, boolean isLast) throws InterruptedException {
        var batch = state.batches().batch(number);
        var batchId = seen.id();
        var settling = state.batches().settling(batch);
        Fetched fetched;
        try {
            fetched = fetch(batch, batchId, seen, settling);
        } catch (EndpointException e) {
            if (!e.isSilence()) {
                throw e;
            }
            // What came before is applied, and may have to be asked again.
            return new Collected(new Fetching.Silent(e), settling.askedAgain());
        }
        var isWhole = fetched instanceof Fetched.Lines lines && lines.coversAllOpen();
        if (!isWhole && !isLast) {
            state.inTransaction(() -> state.batches().awaitedSince(batch, clock.instant()));
            return new Collected(new Fetching.Lacking(settling.open()), settling.askedAgain());
        }
        switch (fetched) {
            case Fetched.Lines lines -> {
                if (!isWhole && lines.judged() instanceof ResultsDownload.NoResults) {
                    throw unreadable(batch, batchId);
                }
                applyKeptBack(settling, lines.judge());
                setMissingAside(settling, batchId + " ended without a result for this request");
                tellOddities(batch, batchId, seen, lines.judged().lines());
            }
            case Fetched.Changing() -> throw unreadable(batch, batchId);
            case Fetched.Gone() ->
                    setMissingAside(
                            settling,
                            "the endpoint does not have the results of " + batchId + " any more");
        }
        state.inTransaction(() -> state.batches().collected(batch, clock.instant()));
        state.batches().removeRequestsIfUnwanted(batch);
        messages.tell(new RunEvent.BatchCollected(batch.number(), batchId));
        return new Collected(new Fetching.Whole(), settling.askedAgain());
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

    // Downloading

    /** What became of fetching a batch's results. */
    private sealed interface Fetched {

        /**
         * @param coversAllOpen whether there is a result for each request that had none
         */
        record Lines(ResultsJudge<Integer, Outcome> judge, boolean coversAllOpen)
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

    private Fetched fetch(StoredBatch batch, String batchId, BatchSnapshot seen, Settling settling)
            throws InterruptedException {
        for (int download = 1; ; download++) {
            try {
                return read(batch, batchId, settling);
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

    private Fetched read(StoredBatch batch, String batchId, Settling settling)
            throws InterruptedException {
        var judge = new ResultsJudge<Integer, Outcome>(batch.requests(), KEPT_BYTES_MAX);
        var seen = new BitSet();
        readOnce(batch, batchId, settling, judge, seen);
        if (judge.needsAgain()) {
            judge.again();
            readOnce(batch, batchId, settling, judge, seen);
        }
        return new Fetched.Lines(judge, settling.open() == judge.keptBackCount());
    }

    private void readOnce(
            StoredBatch batch,
            String batchId,
            Settling settling,
            ResultsJudge<Integer, Outcome> judge,
            BitSet seen)
            throws InterruptedException {
        try (var results = client.results(batchId)) {
            for (var group = group(results, settling, judge, seen);
                    group.lines() > 0;
                    group = group(results, settling, judge, seen)) {
                apply(settling, group.due());
                if (!group.due().isEmpty()) {
                    messages.tell(new RunEvent.ResultsKept(batch.number(), group.due().size()));
                }
            }
        }
    }

    /** A result that counts, and what is to be done with it; checked before anything is locked. */
    private record Due(int ordinal, ResultApplier.Treatment treatment) {}

    private record Group(int lines, List<Due> due) {}

    private Group group(
            ResultStream results,
            Settling settling,
            ResultsJudge<Integer, Outcome> judge,
            BitSet seen)
            throws InterruptedException {
        var due = new ArrayList<Due>();
        int lines = 0;
        long bytes = 0;
        while (lines < limits.resultsPerCommit() && bytes < GROUP_BYTES_MAX) {
            var line = results.nextLine();
            if (line == null) {
                break;
            }
            lines++;
            bytes += line.length;
            take(line, settling, judge, seen).ifPresent(due::add);
        }
        return new Group(lines, due);
    }

    private Optional<Due> take(
            byte[] line, Settling settling, ResultsJudge<Integer, Outcome> judge, BitSet seen) {
        var result = ResultLine.parse(line).orElse(null);
        if (result == null) {
            judge.unreadable();
            return Optional.empty();
        }
        var member = settling.member(result.customId()).orElse(null);
        if (member == null) {
            judge.ofNobody();
            return Optional.empty();
        }
        if (seen.get(member) || settling.isSettled(member)) {
            if (seen.get(member)) {
                judge.repeated();
            } else {
                seen.set(member);
                judge.settledBefore();
            }
            return Optional.empty();
        }
        var outcome = result.outcome();
        if (!judge.take(member, standing(outcome), outcome, line.length)) {
            return Optional.empty();
        }
        seen.set(member);
        return Optional.of(new Due(member, applier.treatment(outcome)));
    }

    private static Standing standing(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Succeeded _ -> Standing.ANSWER;
            case Outcome.Errored(var kind, var _, var _) ->
                    kind.nextRunTriesAgain() ? Standing.OPEN : Standing.FINAL;
            case Outcome.Canceled _, Outcome.Expired _ -> Standing.OPEN;
        };
    }

    private void apply(Settling settling, List<Due> group) {
        if (group.isEmpty()) {
            return;
        }
        state.inTransaction(() -> {
            group.forEach(due -> applier.apply(settling, due.ordinal(), due.treatment()));
            settling.save();
        });
    }

    // Closing

    private void applyKeptBack(Settling settling, ResultsJudge<Integer, Outcome> judge) {
        var group = new ArrayList<Due>();
        for (var kept : judge.keptBack().entrySet()) {
            if (settling.isSettled(kept.getKey())) {
                continue;
            }
            group.add(new Due(kept.getKey(), applier.treatment(kept.getValue())));
            if (group.size() >= limits.resultsPerCommit()) {
                applyAll(settling, group);
            }
        }
        applyAll(settling, group);
    }

    private void applyAll(Settling settling, List<Due> group) {
        if (group.isEmpty()) {
            return;
        }
        apply(settling, group);
        messages.tell(new RunEvent.ResultsKept(settling.batch().number(), group.size()));
        group.clear();
    }

    private void setMissingAside(Settling settling, String what) {
        var reason =
                what
                        + "; it may have been answered and paid for, so it is not sent again by itself";
        for (int next = settling.nextOpen(0); next >= 0; next = settling.nextOpen(next + 1)) {
            int first = next;
            state.inTransaction(() -> {
                int size = 0;
                for (int ordinal = first;
                        ordinal >= 0 && size < limits.resultsPerCommit();
                        ordinal = settling.nextOpen(ordinal + 1)) {
                    settling.fail(ordinal, FailureKind.NO_RESULT, reason, null);
                    size++;
                }
                settling.save();
            });
        }
    }

    private void tellOddities(
            StoredBatch batch, String batchId, BatchSnapshot seen, ResultsDownload.Lines lines) {
        if (lines.passedOver() > 0) {
            messages.tell(new RunEvent.ResultsPassedOver(batch.number(), lines.passedOver()));
        }
        long counted = seen.counts().settled();
        if (counted > 0 && counted != lines.results()) {
            messages.tell(
                    new RunEvent.Noted(
                            "batch %d (%s): the endpoint counts %,d results, and sent results of %,d requests; what it sent is what counts"
                                    .formatted(batch.number(), batchId, counted, lines.results())));
        }
    }
}
