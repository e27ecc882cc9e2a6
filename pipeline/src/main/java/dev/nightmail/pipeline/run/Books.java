package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.cost.Tariff;
import dev.nightmail.pipeline.definition.OutputPlaces;
import dev.nightmail.pipeline.definition.OutputSink;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.prompt.PromptVersion;
import dev.nightmail.pipeline.run.RunSummary.End;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import java.time.Duration;
import java.time.Instant;

/** Sums up what a run came to, from the state before and after it. */
final class Books {

    /** A report is for reading: whoever wants all of a long list has the files. */
    private static final int REPORTED_MAX = 20;

    private final PipelineDefinition pipeline;
    private final Endpoint endpoint;
    private final OutputPlaces places;
    private final RunEnvironment environment;
    private final PipelineState state;
    private final Instant startedAt;
    private final Account accountAtStart;
    private final long collectedAtStart;
    private final boolean wasUnwritten;

    /** Opens them; what happens from here on is the run's. */
    Books(
            PipelineDefinition pipeline,
            Endpoint endpoint,
            OutputPlaces places,
            RunEnvironment environment,
            PipelineState state) {
        this.pipeline = pipeline;
        this.endpoint = endpoint;
        this.places = places;
        this.environment = environment;
        this.state = state;
        this.startedAt = environment.clock().instant();
        this.accountAtStart = account();
        this.collectedAtStart = state.batches().collected();
        this.wasUnwritten = state.holdsUnwrittenAnswers();
    }

    Account accountAtStart() {
        return accountAtStart;
    }

    long batchesCollected() {
        return state.batches().collected() - collectedAtStart;
    }

    /** How many batches the endpoint has, or may have, whose results are not all here. */
    long batchesOut() {
        var identity = endpoint.identity();
        return state.batches().submitted(identity).size()
                + (long) state.batches().intended(identity).size();
    }

    /** Whether answers were taken that no file has, by this run or by one that died before. */
    boolean hasNews() {
        return wasUnwritten || batchesCollected() > 0;
    }

    /**
     * Whether the answer file would show something new. A file that is there may have more than
     * could be written while batches are out, so it is not replaced for nothing.
     */
    boolean isWorthWriting(Plan plan) {
        return hasNews() && (batchesOut() == 0 || state.records().counts(plan).done() > 0);
    }

    /** Notes whether the state has answers that no file has, for a later run to know. */
    void noteUnwritten(boolean has) {
        state.inTransaction(() -> state.noteUnwrittenAnswers(has));
    }

    /** As it was before this run. */
    void noteUnwrittenAsBefore() {
        noteUnwritten(wasUnwritten);
    }

    /**
     * @param budgetReached whether the budget ended the sending
     */
    End end(Plan plan, boolean budgetReached) {
        var counts = state.records().counts(plan);
        if (batchesOut() > 0) {
            return End.BATCHES_OUT;
        }
        if (counts.outstanding() + counts.following() > 0) {
            return budgetReached ? End.BUDGET_REACHED : End.LEFT_TO_SEND;
        }
        return counts.canceled() > 0 ? End.CANCELED : End.COMPLETE;
    }

    RunSummary summary(Plan plan, PromptVersion promptVersion, End end, int batchesSent) {
        var counts = state.records().counts(plan);
        var account = account();
        var billing = billing(state, endpoint);
        return new RunSummary(
                pipeline.name(),
                pipeline.model(),
                endpoint.identity(),
                promptVersion.brief(),
                end,
                counts.total(),
                counts.done(),
                state.records().failures(plan),
                counts.left(),
                counts.submitted(),
                batchesSent,
                batchesCollected(),
                batchesOut(),
                account.usage().minus(accountAtStart.usage()),
                new Tariff(billing, pipeline.model(), environment.prices()),
                account.costMicrosSince(accountAtStart, billing),
                account.costMicros(billing),
                account.savedMicrosSince(accountAtStart),
                Duration.between(startedAt, environment.clock().instant()),
                places.sinks().stream().map(Books::place).toList(),
                counts.setAside() == 0 ? null : places.failedFile(),
                places.reportFile());
    }

    private static RunSummary.Place place(OutputSink sink) {
        return new RunSummary.Place(
                sink.definition().place(),
                sink.definition().file().map(NamedFile::path).orElse(null));
    }

    Report report(Plan plan, RunSummary summary) {
        return new Report(
                summary,
                environment.clock().instant(),
                state.batches().sent(),
                account().usage(),
                state.batches().latest(REPORTED_MAX),
                state.records().firstFailures(plan, REPORTED_MAX));
    }

    private Account account() {
        return new Account(environment.prices(), state.batches().spent(endpoint.identity()));
    }

    /** What an endpoint bills, as far as that is known without asking it. */
    static Billing billing(PipelineState state, Endpoint endpoint) {
        return endpoint.billing()
                .or(() -> state.batches().lastBilling(endpoint.identity()))
                .orElse(Billing.ASSUMED);
    }
}
