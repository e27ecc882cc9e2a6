package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.UnreachableException;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import dev.nightmail.pipeline.state.ReleaseReason;
import dev.nightmail.pipeline.state.StoredBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows the batches under way, has ended ones collected, and bears an endpoint that is away for a
 * while: a night's work does not end because a line does.
 */
final class Poller {

    private final BatchesClient client;
    private final PipelineState state;
    private final Collector collector;
    private final RunEnvironment environment;
    private final PollPace pace;
    private final ProgressListener listener;
    private Instant begunAt = Instant.EPOCH;
    private Account accountAtStart;
    private long settledKept;

    /** Records of the plan that are in batches under way, of which it may have fewer than they. */
    private long submittedOfPlan;

    private List<Integer> countedFor = List.of();
    private final RecentRate rate = new RecentRate();
    private final WaitingReasons waitingReasons;
    private @Nullable Long costMicros;
    private boolean waits;
    private @Nullable Instant silentSince;
    private @Nullable EndpointException silence;

    Poller(
            BatchesClient client,
            PipelineState state,
            Collector collector,
            RunEnvironment environment,
            PollPace pace,
            ProgressListener listener) {
        this.client = client;
        this.state = state;
        this.collector = collector;
        this.environment = environment;
        this.pace = pace;
        this.listener = listener;
        this.accountAtStart = account();
        this.waitingReasons = new WaitingReasons(client);
    }

    PollPace pace() {
        return pace;
    }

    /**
     * Frees the requests of batches the endpoint does not show any more, before the plan says what
     * is left to pay for. Those of the simulator cost nothing; for others somebody has to agree,
     * since a batch cannot be seen with the key of another workspace either.
     *
     * @throws RunException if nobody agrees
     */
    void releaseGone(RunOptions.Confirmation confirmation) throws InterruptedException {
        for (var batch : submitted()) {
            if (retrieve(batch).isPresent()) {
                continue;
            }
            if (!isSimulated() && !confirmation.confirmResending(idOf(batch), batch.requests())) {
                throw gone(batch);
            }
            state.inTransaction(() -> state.batches().release(batch, ReleaseReason.GONE));
            listener.on(new RunEvent.BatchGone(batch.number(), idOf(batch)));
        }
    }

    private boolean isSimulated() {
        return client.endpoint().identity().equals(Endpoint.SIMULATOR);
    }

    void begin(Plan plan, Account account) {
        begunAt = environment.clock().instant();
        accountAtStart = account;
        count(plan);
    }

    /** Whether batches were under way after the last {@link #poll}. */
    boolean waits() {
        return waits;
    }

    /** When results that an ended batch lacks are fetched again; empty if none lacks any. */
    Optional<Instant> nextFetch() {
        return collector.nextFetch();
    }

    /** Why the endpoint did not answer the last call; empty if it did. */
    Optional<EndpointException> silence() {
        return Optional.ofNullable(silence);
    }

    /** What is done after a batch was collected. */
    interface AfterBatch {
        void collected() throws InterruptedException;
    }

    /**
     * Asks for every batch under way once.
     *
     * @return whether any was collected
     */
    boolean poll(Plan plan, AfterBatch afterBatch) throws InterruptedException {
        var collected = false;
        long settledThere = 0;
        var open = submitted();
        var left = open.size();
        long requests = open.stream().mapToLong(StoredBatch::requests).sum();
        var numbers = open.stream().map(StoredBatch::number).toList();
        if (!numbers.equals(countedFor)) {
            count(plan);
            countedFor = numbers;
        }
        long submittedBefore = submittedOfPlan;
        long keptBefore = settledKept;
        for (var batch : open) {
            try {
                var snapshot = retrieve(batch).orElseThrow(() -> gone(batch));
                if (snapshot.hasEnded() && collector.collect(batch, idOf(batch), snapshot)) {
                    collected = true;
                    left--;
                    afterBatch.collected();
                } else {
                    settledThere += snapshot.counts().settled();
                }
                silentSince = null;
                silence = null;
            } catch (UnreachableException | BrokenAnswerException e) {
                // A page in place of a batch is as good as silence.
                bearSilence(e);
                break;
            } catch (RefusedException e) {
                // A sign-in page or a redirect in the middle of a run is something in between: the
                // batch is there, and so is the key that made it.
                if (!e.mayPass() && e.isServicesOwn()) {
                    throw e;
                }
                bearSilence(e);
                break;
            }
        }
        if (collected) {
            count(plan);
        }
        waits = left > 0;
        // A batch may hold records that the source does not have any more, or that a limit leaves
        // out: of those the plan knows nothing.
        long ofPlan =
                requests == 0
                        ? 0
                        : Math.min(submittedBefore, settledThere * submittedBefore / requests);
        tellProgress(plan, collected ? Math.min(ofPlan, submittedOfPlan) : ofPlan);
        if (waits && settledKept == keptBefore) {
            waitingReasons
                    .ask(settledKept + ofPlan, environment.clock().instant())
                    .ifPresent(reasons -> listener.on(new RunEvent.Waiting(reasons)));
        }
        return collected;
    }

    private Optional<BatchSnapshot> retrieve(StoredBatch batch) throws InterruptedException {
        try {
            return Optional.of(client.retrieve(idOf(batch)));
        } catch (RefusedException e) {
            if (e.isNotThere()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void bearSilence(EndpointException e) {
        var now = environment.clock().instant();
        var since = silentSince == null ? now : silentSince;
        silentSince = since;
        silence = e;
        if (Duration.between(since, now).compareTo(environment.limits().patience()) > 0) {
            throw e;
        }
        listener.on(new RunEvent.EndpointSilent(String.valueOf(e.getMessage())));
    }

    private void tellProgress(Plan plan, long settledThere) {
        var elapsed = Duration.between(begunAt, environment.clock().instant());
        long total = state.records().size(plan);
        long settled = Math.min(total, settledKept + settledThere);
        var perSecond = rate.perSecond(settled, environment.clock().instant());
        listener.on(new RunEvent.Progress(settled, total, perSecond, costMicros, elapsed));
    }

    private void count(Plan plan) {
        var counts = state.records().counts(plan);
        settledKept = counts.done() + counts.failed() + counts.canceled();
        submittedOfPlan = counts.submitted();
        costMicros = account().costMicrosSince(accountAtStart);
    }

    private Account account() {
        return new Account(
                environment.prices(), state.batches().spent(client.endpoint().identity()));
    }

    private List<StoredBatch> submitted() {
        return state.batches().submitted(client.endpoint().identity());
    }

    private static RunException gone(StoredBatch batch) {
        return new RunException(
                "batch %s is not at the endpoint for this key. If another key made it, use that one; if it was deleted, run again at a terminal and agree to send its %d requests anew"
                        .formatted(idOf(batch), batch.requests()),
                null);
    }

    private static String idOf(StoredBatch batch) {
        return Objects.requireNonNull(batch.batchId(), "a submitted batch has an id");
    }
}
