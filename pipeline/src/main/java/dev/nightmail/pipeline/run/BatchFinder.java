package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.answer.ResultLine;
import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.StoredBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a batch at an endpoint that does not honour {@code Idempotency-Key}. A batch carries no
 * name of ours, so what can be compared is when it was made, how many requests it has, and, once it
 * has ended, the custom ids in its results.
 */
final class BatchFinder {

    private final BatchesClient client;
    private final PipelineState state;
    private final RunEnvironment environment;
    private final PollPace pace;

    BatchFinder(
            BatchesClient client, PipelineState state, RunEnvironment environment, PollPace pace) {
        this.client = client;
        this.state = state;
        this.environment = environment;
        this.pace = pace;
    }

    /**
     * The batch an intent led to. Waits until every candidate has ended, since only then it can be
     * told.
     *
     * @throws RunException if more than one batch fits
     * @throws AnswerLostException if a candidate's results cannot be read: it may be ours
     */
    Optional<BatchSnapshot> find(StoredBatch batch) throws InterruptedException {
        var ours = new ArrayList<BatchSnapshot>();
        for (var candidate : candidates(batch)) {
            var ended = ended(candidate);
            if (ended.isPresent() && isOurs(batch, ended.get())) {
                ours.add(ended.get());
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
        return ours.stream().findFirst();
    }

    private List<BatchSnapshot> candidates(StoredBatch batch) throws InterruptedException {
        var candidates = new ArrayList<BatchSnapshot>();
        var earliest = batch.intendedAt().minus(environment.limits().clockSkewMax());
        String cursor = null;
        do {
            var page = client.list(100, cursor);
            for (var listed : page.batches()) {
                // Newest first: from here on all are older than the intent.
                if (listed.createdAt().isBefore(earliest)) {
                    return candidates;
                }
                if (listed.counts().total() == batch.requests()
                        && listed.archivedAt() == null
                        && !state.batches().knows(listed.id())) {
                    candidates.add(listed);
                }
            }
            cursor = page.next();
        } while (cursor != null);
        return candidates;
    }

    private Optional<BatchSnapshot> ended(BatchSnapshot candidate) throws InterruptedException {
        var snapshot = candidate;
        var wait = pace.first();
        while (!snapshot.hasEnded()) {
            environment.pause().pause(wait);
            wait = pace.after(wait);
            try {
                snapshot = client.retrieve(candidate.id());
            } catch (RefusedException e) {
                if (e.isNotThere()) {
                    return Optional.empty();
                }
                throw e;
            }
        }
        return Optional.of(snapshot);
    }

    private boolean isOurs(StoredBatch batch, BatchSnapshot candidate) throws InterruptedException {
        try (var results = client.results(candidate.id())) {
            long members = 0;
            for (var line = results.nextLine(); line != null; line = results.nextLine()) {
                var result = ResultLine.parse(line);
                if (result.isEmpty() && !ResultLine.isObject(line)) {
                    throw unreadable(candidate, null);
                }
                if (result.isEmpty()
                        || !state.batches().hasMember(batch, result.get().customId())) {
                    return false;
                }
                members++;
            }
            if (members == 0) {
                throw unreadable(candidate, null);
            }
            // It has as many requests as ours. Results may lack lines for a while; those that are
            // there are all of ours.
            return true;
        } catch (BrokenAnswerException e) {
            throw unreadable(candidate, e);
        } catch (RefusedException e) {
            if (e.isNotThere()) {
                return false;
            }
            throw e;
        }
    }

    private static AnswerLostException unreadable(
            BatchSnapshot candidate, @Nullable BrokenAnswerException cause) {
        return new AnswerLostException(
                "the results of batch "
                        + candidate.id()
                        + ", which may be the one that was created, cannot be read",
                cause);
    }
}
