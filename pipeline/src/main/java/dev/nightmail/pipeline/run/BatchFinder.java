package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.ResultStream;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.StoredBatch;
import dev.nightmail.wire.batch.ResultsDownload;
import dev.nightmail.wire.batch.ResultsJudge;
import dev.nightmail.wire.json.ResultReading;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a batch at an endpoint that does not honour {@code Idempotency-Key}. A batch carries no
 * name of ours, so what can be compared is when it was made, how many requests it has, and, once it
 * has ended, the custom ids in its results.
 */
final class BatchFinder {

    /** So many of others', and none of ours: it is theirs. */
    private static final int FOREIGN_LINES_MAX = 1_000;

    private final BatchesApi client;
    private final PipelineState state;
    private final RunEnvironment environment;

    BatchFinder(BatchesApi client, PipelineState state, RunEnvironment environment) {
        this.client = client;
        this.state = state;
        this.environment = environment;
    }

    /** What looking for a batch comes to. */
    sealed interface Found {
        record There(BatchSnapshot batch) implements Found {}

        record NotThere() implements Found {}

        /** What may be it has not ended: it cannot be told yet. */
        record NotToldYet() implements Found {}
    }

    /**
     * The batch an intent led to. It can only be told once every candidate has ended. One that
     * counts fewer requests than were sent may not have counted all of them yet; it is looked at
     * only if none of the right size is ours.
     *
     * @throws RunException if more than one batch fits
     * @throws AnswerLostException if a candidate's results do not say whose it is, or the list does
     *     not say what there is: it may be ours
     */
    Found find(StoredBatch batch) throws InterruptedException {
        var candidates = new ArrayList<BatchSnapshot>();
        boolean hasGap = list(batch, candidates);
        var ofOurSize = candidates.stream().filter(each -> isOfOurSize(batch, each)).toList();
        var found = oneOf(batch, ofOurSize);
        if (found instanceof Found.NotThere) {
            found =
                    oneOf(
                            batch,
                            candidates.stream().filter(each -> !isOfOurSize(batch, each)).toList());
        }
        if (found instanceof Found.NotThere && hasGap) {
            throw new AnswerLostException(
                    "batch "
                            + batch.number()
                            + " may exist, though the list of batches does not show it: the list has entries that name no batch, or does not come to its end",
                    null);
        }
        return found;
    }

    private static boolean isOfOurSize(StoredBatch batch, BatchSnapshot candidate) {
        return candidate.counts().total() == batch.requests();
    }

    private Found oneOf(StoredBatch batch, List<BatchSnapshot> candidates)
            throws InterruptedException {
        var ended = new ArrayList<BatchSnapshot>();
        for (var candidate : candidates) {
            // A list may lag behind.
            var now =
                    candidate.hasEnded()
                            ? Optional.of(candidate)
                            : client.retrieveIfThere(candidate.id());
            if (now.isPresent() && !now.get().hasEnded()) {
                return new Found.NotToldYet();
            }
            now.ifPresent(ended::add);
        }
        var ours = new ArrayList<BatchSnapshot>();
        for (var candidate : ended) {
            if (isOurs(batch, candidate)) {
                ours.add(candidate);
            }
        }
        if (ours.size() > 1) {
            throw new RunException(
                    "batch "
                            + batch.number()
                            + " got no answer when it was created, and more than one batch at the endpoint could be it: "
                            + ours.stream().map(BatchSnapshot::id).collect(Collectors.joining(", "))
                            + ": delete those that are not this pipeline's, and run again",
                    null);
        }
        return ours.isEmpty() ? new Found.NotThere() : new Found.There(ours.getFirst());
    }

    /** Adds what may be the batch. @return whether there may be more that is not listed */
    private boolean list(StoredBatch batch, List<BatchSnapshot> candidates)
            throws InterruptedException {
        boolean hasGap = false;
        var intendedAt =
                Objects.requireNonNull(batch.intendedAt(), "a batch in doubt was to be sent");
        var earliest = intendedAt.minus(environment.limits().clockSkewMax());
        String cursor = null;
        do {
            var page = client.list(100, cursor);
            hasGap |= page.hasGap();
            for (var listed : page.batches()) {
                var createdAt = listed.createdAt();
                // Newest first: from here on all are older than the intent.
                if (createdAt != null && createdAt.isBefore(earliest)) {
                    return hasGap;
                }
                if (mayBe(batch, listed) && !state.batches().knows(listed.id())) {
                    candidates.add(listed);
                }
            }
            cursor = page.next();
        } while (cursor != null);
        return hasGap;
    }

    /** One that is archived has counted all it had. */
    private static boolean mayBe(StoredBatch batch, BatchSnapshot listed) {
        return isOfOurSize(batch, listed)
                || (listed.counts().total() < batch.requests() && listed.archivedAt() == null);
    }

    /** Its results say whose it is; they may lack lines for a while, or hold others' among them. */
    private boolean isOurs(StoredBatch batch, BatchSnapshot candidate) throws InterruptedException {
        try (var results = client.results(candidate.id())) {
            return switch (judge(batch, results)) {
                case ResultsDownload.Whole _ -> true;
                case ResultsDownload.NoResults none when none.isOfAnother() -> false;
                case ResultsDownload.NoResults _ -> throw unreadable(candidate, null);
                case ResultsDownload.Incomplete(int _, var lines) when lines.ofNobody() == 0 ->
                        true;
                // Another's, with ids as ours are: for each that is missing there is one of its
                // own.
                case ResultsDownload.Incomplete(int missing, var lines)
                        when lines.ofNobody() >= missing ->
                        false;
                case ResultsDownload.Incomplete _ -> throw unreadable(candidate, null);
            };
        } catch (BrokenAnswerException e) {
            throw unreadable(candidate, e);
        } catch (RefusedException e) {
            if (candidate.archivedAt() != null) {
                throw unreadable(candidate, e);
            }
            if (e.isNotThere()) {
                return false;
            }
            throw e;
        }
    }

    private ResultsDownload judge(StoredBatch batch, ResultStream results)
            throws InterruptedException {
        var judge = new ResultsJudge<String, String>(batch.requests(), 0);
        var seen = new BitSet();
        var members = state.batches().settling(batch);
        int foreign = 0;
        for (var line = results.nextLine(); line != null; line = results.nextLine()) {
            var read = ResultReading.line(line);
            if (read.isEmpty()) {
                judge.unreadable();
                continue;
            }
            var member = members.member(read.get().customId());
            if (member.isEmpty()) {
                judge.ofNobody();
                // Of a large batch of somebody else's that is enough.
                if (seen.isEmpty() && ++foreign >= FOREIGN_LINES_MAX) {
                    break;
                }
            } else if (seen.get(member.get())) {
                judge.repeated();
            } else {
                seen.set(member.get());
                judge.settledBefore();
            }
        }
        return judge.judge();
    }

    private static AnswerLostException unreadable(
            BatchSnapshot candidate, @Nullable EndpointException cause) {
        return new AnswerLostException(
                "the results of batch "
                        + candidate.id()
                        + ", which may be the one that was created, do not say so: if it is not, delete it there",
                cause);
    }
}
