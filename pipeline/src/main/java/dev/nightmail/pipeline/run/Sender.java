package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.cost.Estimator;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.state.BatchCut;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import dev.nightmail.pipeline.state.StoredBatch;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    private final SubmissionPatience patience;

    /** Batches whose create call got no answer in this run. */
    private final Set<Integer> lostHere = new HashSet<>();

    private int batchesSent;
    private boolean budgetReached;
    private @Nullable EndpointException lastFailure;

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
        this.patience = new SubmissionPatience(endpoint, environment, listener);
    }

    int batchesSent() {
        return batchesSent;
    }

    /** Whether the budget ended the sending. */
    boolean budgetReached() {
        return budgetReached;
    }

    /** Whether sending failed a moment ago and is tried again later. */
    boolean waits() {
        return patience.waits();
    }

    /**
     * For a run that does not wait.
     *
     * @throws EndpointException the reason why nothing could be sent, if nothing is out either
     */
    void refuseUnlessAnyOut() {
        if (lastFailure != null && submitted() == 0 && intended().isEmpty()) {
            throw lastFailure;
        }
    }

    /** Whether there is something to send, now or after a wait. */
    boolean hasMore(Plan plan) {
        return !intended().isEmpty() || (!budgetReached && state.records().hasOutstanding(plan));
    }

    /**
     * Submits batches until nothing is outstanding, as many are under way as may be, the budget is
     * reached, or the endpoint takes no more for now. Batches that got no answer, in this run or an
     * earlier one, are settled first.
     *
     * @return whether any batch came under way
     */
    boolean send(Plan plan, Estimator estimator) throws InterruptedException {
        if (patience.waits()) {
            return false;
        }
        var before = submitted();
        try {
            settleIntended();
            submitOutstanding(plan, estimator);
        } catch (EndpointException e) {
            lastFailure = e;
            patience.bear(e, submitted() > 0);
        }
        return submitted() > before;
    }

    private void settleIntended() throws InterruptedException {
        for (var batch : intended()) {
            submitter.resolve(batch);
            patience.succeeded();
            if (lostHere.contains(batch.number())) {
                batchesSent++;
            }
        }
    }

    private void submitOutstanding(Plan plan, Estimator estimator) throws InterruptedException {
        while (!budgetReached
                && submitted() < environment.limits().openBatchesMax()
                && state.records().hasOutstanding(plan)) {
            var batch = intend(plan, estimator);
            if (batch.isEmpty()) {
                stopAtBudget(plan);
                return;
            }
            submit(batch.get());
        }
    }

    private void submit(StoredBatch batch) throws InterruptedException {
        listener.on(new RunEvent.BatchIntended(batch.number(), batch.requests(), batch.bytes()));
        try {
            submitter.submit(batch);
        } catch (AnswerLostException e) {
            lostHere.add(batch.number());
            throw e;
        }
        patience.succeeded();
        batchesSent++;
    }

    private List<StoredBatch> intended() {
        return state.batches().intended(endpoint.identity());
    }

    private int submitted() {
        return state.batches().submitted(endpoint.identity()).size();
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
                                        pipeline.terms(),
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
                : budget.micros()
                        - spentMicros()
                        - state.batches().likelyMicrosUnderWay(endpoint.identity());
    }

    private long spentMicros() {
        var spent =
                new Account(environment.prices(), state.batches().spent(endpoint.identity()))
                        .costMicros();
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
                        state.batches().likelyMicrosUnderWay(endpoint.identity()),
                        budget.micros(),
                        state.records().counts(plan).outstanding()));
    }

    private String idempotencyKey() {
        var bytes = new byte[KEY_BYTES];
        environment.random().nextBytes(bytes);
        return "nightmail-" + HexFormat.of().formatHex(bytes);
    }
}
