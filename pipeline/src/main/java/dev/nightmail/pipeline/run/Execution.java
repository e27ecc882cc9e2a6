package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.cost.Estimator;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.RunSummary.End;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import java.time.Duration;

/**
 * One run: look after what earlier runs left, plan, ask, then send and collect until nothing is
 * left to do, then write. One thread, so nothing is decided twice; waiting for the endpoint is all
 * it does for long.
 */
final class Execution {

    /**
     * Errors that pass need a moment to: the first retry waits this long, each further one four
     * times as long.
     */
    private static final Duration RETRY_PAUSE_MIN = Duration.ofMillis(200);

    private static final Duration RETRY_PAUSE_MAX = Duration.ofMinutes(1);
    private static final int RETRY_PAUSE_GROWTH = 4;

    private final PipelineDefinition pipeline;
    private final RunEnvironment environment;
    private final PipelineState state;
    private final Planner planner;
    private final Forecaster forecaster;
    private final Sender sender;
    private final Poller poller;
    private final Output output;
    private final Books books;
    private final ProgressListener listener;
    private Duration retryPause = RETRY_PAUSE_MIN;
    private boolean everythingSentOnce;
    private boolean begun;

    Execution(
            PipelineDefinition pipeline,
            RunEnvironment environment,
            PipelineState state,
            Planner planner,
            Forecaster forecaster,
            Sender sender,
            Poller poller,
            Output output,
            Books books,
            ProgressListener listener) {
        this.pipeline = pipeline;
        this.environment = environment;
        this.state = state;
        this.planner = planner;
        this.forecaster = forecaster;
        this.sender = sender;
        this.poller = poller;
        this.output = output;
        this.books = books;
        this.listener = listener;
    }

    /** Whether anything may have been sent or written: what the state says of it has to stay. */
    boolean hasBegun() {
        return begun;
    }

    RunSummary run(RunOptions options) throws InterruptedException {
        output.check();
        poller.releaseGone(options.confirmation());
        var planned = planner.plan(pipeline.badRecords().allowedOfAny());
        refuseTooManyUnusable(planned);
        planner.complete(planned);
        var forecast = forecaster.forecast(planned, false);
        listener.on(new RunEvent.Planned(forecast.preview()));
        if (forecast.preview().records().outstanding() > 0
                && !options.confirmation().confirm(forecast.preview())) {
            return summary(planned, End.DECLINED);
        }
        begun = true;
        books.noteUnwritten(true);
        if (options.noWait()) {
            submit(planned, forecast.estimator());
        } else {
            workToTheEnd(planned, forecast.estimator());
        }
        var summary = summary(planned, books.end(planned.plan(), sender.budgetReached()));
        output.writeReport(books.report(planned.plan(), summary));
        listener.on(new RunEvent.Finished(summary));
        return summary;
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
                "bad-records: %,d of the %,d records read cannot be used%s: %s%s. Mend the source%s. Nothing was sent"
                        .formatted(
                                planned.unusable(),
                                planned.records(),
                                tooMany ? ", and at most %,d may be so".formatted(allowed) : "",
                                String.join("; ", first),
                                planned.unusable() > first.size() ? "; …" : "",
                                tooMany ? ", or raise bad-records" : ""),
                null);
    }

    private void workToTheEnd(Planner.Planned planned, Estimator estimator)
            throws InterruptedException {
        try {
            work(planned.plan(), estimator);
        } catch (EndpointException | RunException | InterruptedException e) {
            // What has been answered so far is paid for: it belongs to the author whatever came
            // after. Who is told to stop has a moment left for it.
            writeBefore(e, planned.plan());
            throw e;
        }
        write(planned.plan());
    }

    private void write(Plan plan) throws InterruptedException {
        output.write(plan);
        books.noteUnwritten(false);
    }

    private void writeBefore(Exception reason, Plan plan) {
        if (output.writeBefore(reason, plan)) {
            books.noteUnwritten(false);
        }
    }

    /** Takes what has ended, since it may free something to send; sends; and leaves. */
    private void submit(Planner.Planned planned, Estimator estimator) throws InterruptedException {
        var plan = planned.plan();
        poller.begin(plan, books.accountAtStart());
        try {
            poller.poll(plan, () -> output.deliver(plan));
            sender.send(plan, estimator);
            sender.refuseUnlessAnyOut();
        } catch (LeftForLaterException _) {
            listener.on(
                    new RunEvent.Noted(
                            "it is still open whether a batch whose create call got no answer exists: the next run looks again, and sends what is left"));
        } catch (EndpointException | RunException | InterruptedException e) {
            if (books.isWorthWriting(plan)) {
                writeBefore(e, plan);
            } else {
                leaveAnswers(plan);
            }
            throw e;
        }
        // With nothing out the file is what a run that waits would have written.
        if (books.batchesOut() == 0 || books.isWorthWriting(plan)) {
            write(plan);
        } else {
            leaveAnswers(plan);
        }
    }

    /** What is there already has all there is. */
    private void leaveAnswers(Plan plan) {
        output.writeFailed(plan);
        books.noteUnwrittenAsBefore();
    }

    private void work(Plan plan, Estimator estimator) throws InterruptedException {
        poller.begin(plan, books.accountAtStart());
        var wait = poller.pace().first();
        while (true) {
            pauseBeforeRetries(plan);
            var sent = sender.send(plan, estimator);
            var collected = poller.poll(plan, () -> output.deliver(plan));
            if (!poller.waits() && !sender.hasMore(plan)) {
                return;
            }
            if (sent || collected) {
                wait = poller.pace().first();
            }
            if (!collected) {
                environment.pause().pause(wait);
                wait = poller.pace().after(wait);
            }
        }
    }

    private void pauseBeforeRetries(Plan plan) throws InterruptedException {
        if (!state.records().hasOutstanding(plan)) {
            everythingSentOnce = true;
        } else if (everythingSentOnce && !sender.budgetReached() && !sender.waits()) {
            environment.pause().pause(retryPause);
            var longer = retryPause.multipliedBy(RETRY_PAUSE_GROWTH);
            retryPause = longer.compareTo(RETRY_PAUSE_MAX) < 0 ? longer : RETRY_PAUSE_MAX;
        }
    }

    private RunSummary summary(Planner.Planned planned, End end) {
        return books.summary(planned.plan(), planned.promptVersion(), end, sender.batchesSent());
    }
}
