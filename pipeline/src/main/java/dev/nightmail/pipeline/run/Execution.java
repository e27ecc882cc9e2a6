package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.cost.Estimator;
import dev.nightmail.pipeline.decide.Decider;
import dev.nightmail.pipeline.decide.Effect;
import dev.nightmail.pipeline.decide.NothingSentException;
import dev.nightmail.pipeline.decide.Report;
import dev.nightmail.pipeline.decide.RunTerms;
import dev.nightmail.pipeline.decide.RunTerms.Mode;
import dev.nightmail.pipeline.decide.SilentException;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.prompt.PromptVersion;
import dev.nightmail.pipeline.run.RunSummary.End;
import dev.nightmail.pipeline.state.BatchTable;
import dev.nightmail.pipeline.state.PilotBatches;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import dev.nightmail.pipeline.state.StoredBatch;
import dev.nightmail.pipeline.state.StoredPlan;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what {@link Decider} decides. One thread decides and tells the listener; what takes
 * long goes on beside it, in lanes.
 */
final class Execution {

    private final PipelineDefinition pipeline;
    private final Endpoint endpoint;
    private final RunEnvironment environment;
    private final PipelineState state;
    private final Planner planner;
    private final PilotBatches pilots;
    private final Forecaster forecaster;
    private final Submitter submitter;
    private final Poller poller;
    private final Collector collector;
    private final Output output;
    private final Books books;
    private final ProgressListener listener;
    private final Lanes lanes;
    private final Decider decider;
    private final Mode mode;

    /** Prepared batches that the decider knows. */
    private final Set<Integer> known = new HashSet<>();

    /** The plan whose answers are delivered while the run goes on; null: not yet. */
    private @Nullable Plan deliversTo;

    private @Nullable Estimator estimator;
    private RunOptions.Confirmation confirmation = _ -> false;
    private int batchesSent;
    private boolean hasPilot;
    private boolean isReading;
    private boolean begun;
    private boolean ended;

    Execution(
            PipelineDefinition pipeline,
            Endpoint endpoint,
            RunEnvironment environment,
            PipelineState state,
            Planner planner,
            PilotBatches pilots,
            Forecaster forecaster,
            Submitter submitter,
            Poller poller,
            Collector collector,
            Output output,
            Books books,
            ProgressListener listener,
            Lanes lanes,
            RunTerms terms) {
        this.pipeline = pipeline;
        this.endpoint = endpoint;
        this.environment = environment;
        this.state = state;
        this.planner = planner;
        this.pilots = pilots;
        this.forecaster = forecaster;
        this.submitter = submitter;
        this.poller = poller;
        this.collector = collector;
        this.output = output;
        this.books = books;
        this.listener = listener;
        this.lanes = lanes;
        this.mode = terms.mode();
        this.decider = new Decider(terms, spentMicros());
    }

    /** Whether anything may have been sent or written: what the state says of it has to stay. */
    boolean hasBegun() {
        return begun;
    }

    // A run

    RunSummary run(RunOptions options) throws InterruptedException {
        output.check();
        // Until there is a new plan, what changes is counted in the last one.
        state.records().resumeLatest();
        state.inTransaction(state.batches()::recover);
        poller.releaseGone(options.confirmation());
        drainTold();
        takeUpDoubts();
        takeUp();
        confirmation = options.confirmation();
        if (options.withPilot() && pipeline.pilotIfAny().isPresent() && !pilots.isPast()) {
            hasPilot = true;
            decider.pilot(pilots.latest());
        }
        var reading = new Reading(options);
        try {
            reading.begin();
            goOn();
            if (reading.declined) {
                return summary(reading.planned(), End.DECLINED);
            }
        } catch (EndpointException | RunException | InterruptedException e) {
            lanes.stop();
            // What has been answered so far is paid for: it belongs to the author whatever came
            // after. Who is told to stop has a moment left for it.
            if (begun) {
                endEarly(e, reading.planIfRead());
            }
            drainTold();
            throw e;
        }
        var planned = reading.planned();
        refuseUnlessAnyOut(planned);
        write(planned.plan());
        var summary = summary(planned, end(planned.plan()));
        output.writeReport(books.report(planned.plan(), summary));
        lanes.tell(new RunEvent.Finished(summary));
        drainTold();
        return summary;
    }

    /** What earlier runs may have left at the endpoint: it is settled by who sends. */
    private void takeUpDoubts() {
        for (var batch : state.batches().intended(endpoint.identity())) {
            decider.inDoubt(
                    batch.number(), batch.requests(), batch.paramsBytes(), batch.likelyMicros());
        }
    }

    /** What earlier runs left at the endpoint. */
    private void takeUp() {
        for (var batch : state.batches().submitted(endpoint.identity())) {
            decider.out(batch.number(), batch.likelyMicros(), batch.awaitedSince());
        }
    }

    /** For a run that does not wait: with nothing out, why nothing could be sent is its end. */
    private void refuseUnlessAnyOut(Planner.Planned planned) throws InterruptedException {
        if (mode != Mode.SUBMIT) {
            return;
        }
        var failure = decider.failureWithNothingOut();
        if (failure.isPresent()) {
            endEarly(failure.get(), planned.plan());
            drainTold();
            throw failure.get();
        }
    }

    /**
     * What there is so far, when the run ends early.
     *
     * @param plan null if its source was not read to its end: files of before have more
     */
    private void endEarly(Exception reason, @Nullable Plan plan) {
        if (plan == null) {
            books.noteUnwritten(books.hasNews());
        } else if (mode != Mode.TO_THE_END && !books.isWorthWriting(plan)) {
            leaveAnswers(plan);
        } else if (output.writeBefore(reason, plan)) {
            books.noteUnwritten(false);
        }
    }

    private void write(Plan plan) throws InterruptedException {
        boolean isDue =
                switch (mode) {
                    case TO_THE_END -> true;
                    // With nothing out the file is what a run that waits would have written.
                    case SUBMIT -> books.batchesOut() == 0 || books.isWorthWriting(plan);
                    case COLLECT -> books.isWorthWriting(plan);
                };
        if (isDue) {
            output.write(plan);
            books.noteUnwritten(false);
        } else {
            leaveAnswers(plan);
        }
    }

    /** What is there already has all there is; who collects sets nothing aside of itself. */
    private void leaveAnswers(Plan plan) {
        if (mode != Mode.COLLECT) {
            output.writeFailed(plan);
        }
        books.noteUnwrittenAsBefore();
    }

    private End end(Plan plan) {
        return decider.isStoppedByPilot()
                ? End.STOPPED_BY_PILOT
                : books.end(plan, decider.budgetReached());
    }

    private RunSummary summary(Planner.Planned planned, End end) {
        return books.summary(planned.plan(), planned.promptVersion(), end, batchesSent);
    }

    // A collection

    RunSummary collect(StoredPlan stored) throws InterruptedException {
        var plan = stored.plan();
        output.check();
        state.records().resume(plan);
        state.inTransaction(state.batches()::recover);
        begun = true;
        books.noteUnwritten(true);
        takeUp();
        deliversTo = stored.complete() ? plan : null;
        try {
            carryOut(decider.on(new Report.Tick(), now()));
            goOn();
        } catch (EndpointException | RunException | InterruptedException e) {
            lanes.stop();
            endEarly(e, deliversTo);
            drainTold();
            throw e;
        }
        if (stored.complete()) {
            write(plan);
        } else {
            lanes.tell(
                    new RunEvent.Noted(
                            "the last run did not get to the end of its source: what was collected is kept, and the next run writes it"));
            books.noteUnwritten(books.hasNews());
        }
        var version = new PromptVersion(stored.promptVersion());
        var summary = books.summary(plan, version, books.end(plan, false), 0);
        if (stored.complete() && !summary.didNothing()) {
            output.writeReport(books.report(plan, summary));
        }
        lanes.tell(new RunEvent.Finished(summary));
        drainTold();
        return summary;
    }

    // Reading the source

    /** How the source is read, and from when on what was read may be sent. */
    private final class Reading {
        private final RunOptions options;
        private final Instant since = now();
        private Planner.@Nullable Planned planned;
        private boolean declined;

        Reading(RunOptions options) {
            this.options = options;
        }

        @Nullable Plan planIfRead() {
            return planned == null ? null : planned.plan();
        }

        Planner.Planned planned() {
            return Objects.requireNonNull(planned, "the source was read");
        }

        void begin() throws InterruptedException {
            var before = planner.unchanged();
            if (before.isPresent()) {
                ended(before.get());
                return;
            }
            isReading = true;
            lanes.start(() -> {
                var read =
                        planner.plan(
                                pipeline.badRecords().allowedOfAny(),
                                hasPilot ? pilotRequestsMax() : Integer.MAX_VALUE,
                                (batch, records, unusable) ->
                                        lanes.then(() -> prepared(batch, records, unusable)));
                lanes.then(() -> ended(read));
            });
        }

        /** What is agreed to beforehand is sent while the rest of a large source is read. */
        private void prepared(StoredBatch batch, long records, long unusable)
                throws InterruptedException {
            carryOut(decider.on(prepare(batch), now()));
            var early =
                    !since.plus(environment.limits().sendWhileReadingAfter()).isAfter(now())
                            && unusable <= pipeline.badRecords().allowedOf(records);
            if (!early || estimator != null) {
                return;
            }
            price(state.batches().sample(batch, environment.limits().countedSample()));
            if (isAgreed()) {
                begun = true;
                books.noteUnwritten(true);
                carryOut(decider.on(new Report.SendingAllowed(), now()));
            }
        }

        /** Nobody has to agree to what costs nothing. */
        private boolean isAgreed() {
            return options.confirmation().isGiven() || !forecaster.tariff().billing().charges();
        }

        private void ended(Planner.Planned read) throws InterruptedException {
            planned = read;
            isReading = false;
            refuseTooManyUnusable(read);
            var left = settleLeftovers();
            if (estimator == null) {
                price(sample());
            }
            var preview = forecaster.preview(read, Objects.requireNonNull(estimator));
            lanes.tell(new RunEvent.Planned(preview));
            if (preview.records().outstanding() > 0
                    && !isAgreed()
                    && !options.confirmation().confirm(preview)) {
                declined = true;
                Execution.this.ended = true;
                return;
            }
            planner.complete(read);
            begun = true;
            deliversTo = read.plan();
            output.givenAgain(read.givenAgain());
            books.noteUnwritten(true);
            carryOut(decider.on(new Report.SourceRead(left), now()));
        }

        /**
         * Batches that an earlier run prepared and did not send are sent as they are if all of
         * their records are asked now what they were asked then.
         *
         * @return how many records are to be sent that no prepared batch has
         */
        private long settleLeftovers() throws InterruptedException {
            for (var batch : state.batches().prepared(endpoint.identity())) {
                if (known.contains(batch.number())) {
                    continue;
                }
                if (state.batches().isOfCurrentPlan(batch)) {
                    carryOut(decider.on(prepare(batch), now()));
                } else {
                    state.inTransaction(() -> state.batches().dissolve(batch));
                }
            }
            // Of those that were dissolved some may have nothing that anybody sends.
            state.batches().clearWork();
            return state.batches().outstanding();
        }

        private List<byte[]> sample() {
            return state.batches().prepared(endpoint.identity()).stream()
                    .limit(environment.limits().countedSample())
                    .flatMap(batch ->
                            state
                                    .batches()
                                    .sample(batch, environment.limits().countedSample())
                                    .stream())
                    .toList();
        }
    }

    private Report prepare(StoredBatch batch) {
        known.add(batch.number());
        return new Report.Prepared(batch.number(), batch.requests(), batch.paramsBytes());
    }

    private void price(List<byte[]> sample) throws InterruptedException {
        var known = forecaster.estimator(sample, false);
        estimator = known;
        decider.price(known::likelyMicros);
        if (!forecaster.tariff().billing().charges()) {
            decider.withoutCharge();
        } else if (pipeline.budget() != null && charged() == null) {
            throw new RunException(
                    "budget: earlier runs used a model without a known price, so what is left of the budget is not known: remove budget, name a file that has its price with prices, or move the state file away to start anew",
                    null);
        }
    }

    /** Before anything is paid for: so many bad records are a bad source. */
    private void refuseTooManyUnusable(Planner.Planned planned) {
        var all = planned.isAllUnusable();
        var allowed = pipeline.badRecords().allowedOf(planned.records());
        var tooMany = planned.unusable() > allowed;
        if (!all && !tooMany) {
            return;
        }
        var first = state.records().firstUnusable(planned.plan(), Forecaster.PLACES_TOLD);
        throw new RunException(
                "bad-records: %,d of the %,d records read cannot be used%s: %s%s. Mend the source%s. %s"
                        .formatted(
                                planned.unusable(),
                                planned.records(),
                                tooMany ? ", and at most %,d may be so".formatted(allowed) : "",
                                String.join("; ", first),
                                planned.unusable() > first.size() ? "; …" : "",
                                tooMany ? ", or raise bad-records" : "",
                                begun ? "No more is sent" : "Nothing was sent"),
                null);
    }

    // Deciding and doing

    private Instant now() {
        return environment.clock().instant();
    }

    private void goOn() throws InterruptedException {
        while (!ended) {
            var wake = decider.nextWake().orElse(null);
            if (wake == null && !isReading && !decider.isBusy()) {
                throw new IllegalStateException("the run has neither an end nor anything to do");
            }
            switch (lanes.next(wake)) {
                case null -> carryOut(decider.on(new Report.Tick(), now()));
                case Lanes.Message.Told(var event) -> tell(event);
                case Lanes.Message.Done(var work) -> work.run();
                case Lanes.Message.Reported(var report) -> carryOut(decider.on(report, now()));
                case Lanes.Message.Failed(var reason) -> throw passed(reason);
            }
        }
        lanes.stop();
        drainTold();
    }

    private void tell(RunEvent event) {
        if (event instanceof RunEvent.BatchSubmitted(var number, _, _, var found)
                && (!found || known.contains(number))) {
            batchesSent++;
        }
        listener.on(event);
    }

    /** When nothing goes on any more. */
    private void drainTold() {
        for (var message = lanes.there(); message != null; message = lanes.there()) {
            if (message instanceof Lanes.Message.Told(var event)) {
                tell(event);
            }
        }
    }

    private static RuntimeException passed(Throwable reason) throws InterruptedException {
        return switch (reason) {
            case InterruptedException e -> throw e;
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException("a lane of the run failed", reason);
        };
    }

    private void carryOut(List<Effect> effects) throws InterruptedException {
        for (var effect : effects) {
            switch (effect) {
                case Effect.Immediate immediate -> carryOut(immediate);
                case Effect.InLane work -> lanes.start(() -> lanes.report(done(work)));
            }
        }
    }

    private Report done(Effect.InLane work) throws InterruptedException {
        return switch (work) {
            case Effect.Gather(var wanted, var dissolved, var micros) ->
                    gather(wanted, dissolved, micros);
            case Effect.Send(var batch, var likely, var beginsPilot) ->
                    new Report.Sent(
                            batch,
                            submitter.send(
                                    batch, likely, forecaster.tariff().billing(), beginsPilot));
            case Effect.Seek(var batch) -> new Report.Sent(batch, submitter.seek(batch));
            case Effect.Look(var batches) -> {
                poller.look(batches);
                yield new Report.Looked();
            }
            case Effect.Fetch(var batch, var seen, var isLast) -> fetch(batch, seen, isLast);
            case Effect.Deliver() -> {
                if (deliversTo != null) {
                    output.deliver();
                }
                yield new Report.Delivered();
            }
        };
    }

    private Report fetch(int batch, BatchSnapshot seen, boolean isLast)
            throws InterruptedException {
        var collected = collector.collect(batch, seen, isLast);
        return new Report.Fetched(batch, collected.outcome(), collected.askAgain(), spentMicros());
    }

    private Report gather(
            Effect.Wanted wanted, @Nullable Integer dissolved, @Nullable Long micros) {
        var known = estimator;
        var limits = environment.limits();
        int most = wanted == Effect.Wanted.A_PILOT ? pilotRequestsMax() : Integer.MAX_VALUE;
        var from = wanted == Effect.Wanted.THE_PILOTS ? Set.copyOf(pilots.latest()) : null;
        BatchTable.Cut cut =
                (draft, customId, own) -> {
                    long bytes = draft.paramsBytes() + draft.paramsBytesOf(own);
                    if (micros != null
                            && known != null
                            && known.likelyMicros(draft.requests() + 1L, bytes) > micros) {
                        return false;
                    }
                    return draft.requests() == 0
                            || (limits.admit(draft, customId, own) && draft.requests() < most);
                };
        var prepared = new StoredBatch[1];
        var cutShort = new boolean[1];
        state.inTransaction(() -> {
            if (dissolved != null) {
                state.batches().dissolve(state.batches().batch(dissolved));
            }
            var gathered =
                    state.batches()
                            .gather(
                                    planner.target(),
                                    batch -> from == null || from.contains(batch),
                                    cut,
                                    now());
            cutShort[0] = gathered.cutShort();
            var draft = gathered.draft();
            if (draft == null) {
                return;
            }
            try (draft) {
                draft.complete();
                if (draft.requests() == 0) {
                    state.batches().dropped(draft);
                } else {
                    var batch = state.batches().prepared(draft);
                    prepared[0] = batch;
                    if (wanted == Effect.Wanted.THE_PILOTS) {
                        pilots.add(batch);
                    }
                }
            }
        });
        state.batches().clearWork();
        var batch = prepared[0];
        return new Report.Gathered(
                batch == null
                        ? null
                        : new Report.Prepared(
                                batch.number(), batch.requests(), batch.paramsBytes()),
                batch == null && cutShort[0]);
    }

    private int pilotRequestsMax() {
        return pipeline.pilotIfAny().orElseThrow().records();
    }

    /** What came of the pilot, as far as it can be told by now. */
    private Report.Judgement judgement() {
        if (pilots.isPast()) {
            return new Report.Judgement.Passed();
        }
        var outcome = pilots.outcome();
        if (outcome.requests() == 0) {
            return new Report.Judgement.Undecided();
        }
        var result =
                new PilotResult(
                        outcome.requests(),
                        outcome.answered(),
                        pipeline.pilotIfAny()
                                .orElseThrow()
                                .stopAbove()
                                .allowedOf(outcome.requests()),
                        outcome.failures());
        if (!result.hasPassed() && outcome.askAgain() > 0) {
            return new Report.Judgement.AskAgain(outcome.askAgain());
        }
        if (!result.hasPassed() && !result.hasFailed()) {
            return new Report.Judgement.Undecided();
        }
        tell(new RunEvent.PilotJudged(result));
        return result.hasPassed() || confirmation.confirmAfter(result)
                ? new Report.Judgement.Passed()
                : new Report.Judgement.Stopped();
    }

    /** What all runs were charged; 0 if that is not known, which a run with a budget refuses. */
    private long spentMicros() {
        var charged = charged();
        return charged == null ? 0 : charged;
    }

    private @Nullable Long charged() {
        return new Account(environment.prices(), state.batches().spent(endpoint.identity()))
                .chargedMicros();
    }

    private void carryOut(Effect.Immediate effect) {
        switch (effect) {
            case Effect.TellLacking(var batch, var missing, var nextTryIn) ->
                    lanes.tell(
                            new RunEvent.ResultsAwaited(
                                    batch,
                                    String.valueOf(state.batches().batch(batch).batchId()),
                                    missing,
                                    nextTryIn));
            case Effect.TellSendingFailed(var failures, var nextTryIn, var reason) ->
                    lanes.tell(new RunEvent.SubmissionFailed(failures, nextTryIn, reason));
            case Effect.TellSilent(var reason) -> lanes.tell(new RunEvent.EndpointSilent(reason));
            case Effect.TellBudgetReached(var underWay) ->
                    lanes.tell(
                            new RunEvent.BudgetReached(
                                    spentMicros(),
                                    underWay,
                                    pipeline.budgetIfAny().orElseThrow().micros(),
                                    state.batches().outstanding()));
            case Effect.TellLeftOpen() ->
                    lanes.tell(
                            new RunEvent.Noted(
                                    "it is still open whether a batch whose create call got no answer exists: the next run looks again, and sends what is left"));
            // In its turn: somebody may be asked, who was told before of all that happened.
            case Effect.Judge() ->
                    lanes.then(() -> carryOut(decider.on(new Report.Judged(judgement()), now())));
            case Effect.End() -> ended = true;
            case Effect.Fail(var reason) -> throw told(reason);
        }
    }

    private static RuntimeException told(RuntimeException reason) {
        return switch (reason) {
            case NothingSentException e ->
                    new RunException(String.valueOf(e.getMessage()), e.getCause());
            case SilentException e ->
                    new RunException(String.valueOf(e.getMessage()), e.getCause());
            default -> reason;
        };
    }
}
