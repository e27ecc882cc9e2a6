package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.state.PipelineState;
import java.time.Duration;
import java.time.Instant;

/** Tells how far a run is, after each look at its batches. One thread. */
final class ProgressCount {

    private final BatchesApi client;
    private final PipelineState state;
    private final RunEnvironment environment;
    private final Messages messages;
    private final RecentRate rate = new RecentRate();
    private final WaitingReasons waitingReasons;
    private final Instant begunAt;
    private final Account accountAtStart;
    private long keptBefore = -1;

    ProgressCount(
            BatchesApi client, PipelineState state, RunEnvironment environment, Messages messages) {
        this.client = client;
        this.state = state;
        this.environment = environment;
        this.messages = messages;
        this.waitingReasons = new WaitingReasons(client);
        this.begunAt = environment.clock().instant();
        this.accountAtStart = account();
    }

    private Account account() {
        return new Account(
                environment.prices(), state.batches().spent(client.endpoint().identity()));
    }

    /**
     * @param requests of the batches that were looked at
     * @param settledThere of them, as the endpoint counts
     */
    void tell(long requests, long settledThere) throws InterruptedException {
        var plan = state.records().latestPlan();
        if (plan.isEmpty()) {
            return;
        }
        var counts = state.records().counts(plan.get().plan());
        long kept = counts.done() + counts.failed() + counts.canceled();
        // A batch may hold records that the source does not have any more, or that a limit leaves
        // out: of those the plan knows nothing.
        long ofPlan =
                requests == 0
                        ? 0
                        : Math.min(
                                counts.submitted(), settledThere * counts.submitted() / requests);
        long total = counts.total() - counts.unusable();
        long settled = Math.min(total, kept + ofPlan);
        var now = environment.clock().instant();
        messages.tell(
                new RunEvent.Progress(
                        settled,
                        total,
                        rate.perSecond(settled, now),
                        account()
                                .costMicrosSince(
                                        accountAtStart, Books.billing(state, client.endpoint())),
                        Duration.between(begunAt, now)));
        if (kept == keptBefore) {
            waitingReasons
                    .ask(kept + ofPlan, now)
                    .ifPresent(reasons -> messages.tell(new RunEvent.Waiting(reasons)));
        }
        keptBefore = kept;
    }
}
