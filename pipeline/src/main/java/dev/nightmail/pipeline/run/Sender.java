package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.cost.Estimator;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.state.BatchCut;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import dev.nightmail.pipeline.state.StoredBatch;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Cuts outstanding records into batches, within the limits and the budget, and submits them. */
final class Sender {

    private static final int KEY_BYTES = 16;

    private final PipelineDefinition pipeline;
    private final Endpoint endpoint;
    private final RunEnvironment environment;
    private final PipelineState state;
    private final Submitter submitter;
    private final ProgressListener listener;
    private int batchesSent;
    private boolean budgetReached;

    Sender(
            PipelineDefinition pipeline,
            Endpoint endpoint,
            RunEnvironment environment,
            PipelineState state,
            Submitter submitter,
            ProgressListener listener) {
        this.pipeline = pipeline;
        this.endpoint = endpoint;
        this.environment = environment;
        this.state = state;
        this.submitter = submitter;
        this.listener = listener;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    int batchesSent() {
        return batchesSent;
    }

    /** Whether the budget ended the sending. */
    boolean budgetReached() {
        return budgetReached;
    }

    /** Settles what an earlier run left open: batches it meant to send and heard nothing of. */
    void resolveIntended() throws InterruptedException {
        for (var batch : state.batches().intended(endpoint.identity())) {
            submitter.resolve(batch);
        }
    }

    /**
     * Submits batches until nothing is outstanding, as many are under way as may be, or the budget
     * is reached.
     */
    boolean send(Plan plan, Estimator estimator) throws InterruptedException {
        var sent = false;
        while (!budgetReached
                && state.batches().submitted(endpoint.identity()).size()
                        < environment.limits().openBatchesMax()
                && state.records().hasOutstanding(plan)) {
            var batch = intend(plan, estimator);
            if (batch.isEmpty()) {
                stopAtBudget(plan);
                break;
            }
            listener.on(
                    new RunEvent.BatchIntended(
                            batch.get().number(), batch.get().requests(), batch.get().bytes()));
            submitter.submit(batch.get());
            batchesSent++;
            sent = true;
        }
        return sent;
    }

    private Optional<StoredBatch> intend(Plan plan, Estimator estimator) {
        var intended = new AtomicReference<Optional<StoredBatch>>(Optional.empty());
        var cut = cut(estimator, remainingMicros());
        state.inTransaction(() ->
                intended.set(
                        state.batches()
                                .intend(
                                        plan,
                                        cut,
                                        estimator::likelyMicros,
                                        endpoint.identity(),
                                        pipeline.model(),
                                        idempotencyKey(),
                                        environment.clock().instant())));
        return intended.get();
    }

    private BatchCut cut(Estimator estimator, @Nullable Long remainingMicros) {
        var limits = environment.limits();
        return (requests, bytes, paramsBytes, nextLineBytes, nextParamsBytes) -> {
            if (remainingMicros != null
                    && estimator.likelyMicros(requests + 1L, paramsBytes + nextParamsBytes)
                            > remainingMicros) {
                return false;
            }
            // A batch holds at least one request; the planner has refused those no batch could
            // hold.
            return requests == 0
                    || (requests < limits.batchRequestsMax()
                            && bytes + nextLineBytes <= limits.batchBytesMax());
        };
    }

    /**
     * What may still be promised: the budget less what is spent and what is under way; null without
     * a budget.
     */
    private @Nullable Long remainingMicros() {
        var budget = pipeline.budget();
        return budget == null
                ? null
                : budget.micros() - spentMicros() - state.batches().likelyMicrosUnderWay();
    }

    private long spentMicros() {
        var spent = new Account(environment.prices(), state.batches().spent()).costMicros();
        if (spent == null) {
            throw new RunException(
                    "budget: earlier runs used a model without a known price, so what is left of the budget is not known: remove budget, or move the state file away to start anew",
                    null);
        }
        return spent;
    }

    private void stopAtBudget(Plan plan) {
        var budget = pipeline.budget();
        if (budget == null) {
            throw new IllegalStateException("a batch took no request although there is no budget");
        }
        budgetReached = true;
        listener.on(
                new RunEvent.BudgetReached(
                        spentMicros(),
                        budget.micros(),
                        state.records().counts(plan).outstanding()));
    }

    private String idempotencyKey() {
        var bytes = new byte[KEY_BYTES];
        environment.random().nextBytes(bytes);
        return "nightmail-" + HexFormat.of().formatHex(bytes);
    }
}
