package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.cost.Estimator;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.RunSummary.End;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import java.time.Duration;
import java.time.Instant;

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

    /** A report is for reading: whoever wants all of a long list has the files. */
    private static final int REPORTED_MAX = 20;

    private final PipelineDefinition pipeline;
    private final RunEnvironment environment;
    private final PipelineState state;
    private final Planner planner;
    private final Forecaster forecaster;
    private final Sender sender;
    private final Poller poller;
    private final Output output;
    private final ProgressListener listener;
    private final Instant startedAt;
    private final Account accountAtStart;
    private Duration retryPause = RETRY_PAUSE_MIN;
    private boolean everythingSentOnce;

    Execution(
            PipelineDefinition pipeline,
            RunEnvironment environment,
            PipelineState state,
            Planner planner,
            Forecaster forecaster,
            Sender sender,
            Poller poller,
            Output output,
            ProgressListener listener) {
        this.pipeline = pipeline;
        this.environment = environment;
        this.state = state;
        this.planner = planner;
        this.forecaster = forecaster;
        this.sender = sender;
        this.poller = poller;
        this.output = output;
        this.listener = listener;
        this.startedAt = environment.clock().instant();
        this.accountAtStart = account();
    }

    RunSummary run(RunOptions options) throws InterruptedException {
        output.check();
        poller.releaseGone(options.confirmation());
        var planned = planner.plan(options);
        var forecast = forecaster.forecast(planned, false);
        listener.on(new RunEvent.Planned(forecast.preview()));
        if (forecast.preview().records().outstanding() > 0
                && !options.confirmation().confirm(forecast.preview())) {
            return summary(planned, End.DECLINED);
        }
        try {
            work(planned.plan(), forecast.estimator());
        } catch (EndpointException | RunException | InterruptedException e) {
            // What has been answered so far is paid for: it belongs to the author whatever came
            // after. Who is told to stop has a moment left for it.
            output.write(planned);
            throw e;
        }
        output.write(planned);
        var summary = summary(planned, end(planned.plan()));
        output.writeReport(report(planned.plan(), summary));
        listener.on(new RunEvent.Finished(summary));
        return summary;
    }

    private void work(Plan plan, Estimator estimator) throws InterruptedException {
        poller.begin(plan, accountAtStart);
        var wait = poller.pace().first();
        while (true) {
            pauseBeforeRetries(plan);
            var sent = sender.send(plan, estimator);
            var collected = poller.poll(plan);
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

    private End end(Plan plan) {
        var counts = state.records().counts(plan);
        if (counts.outstanding() > 0) {
            return End.BUDGET_REACHED;
        }
        return counts.canceled() > 0 ? End.CANCELED : End.COMPLETE;
    }

    private RunSummary summary(Planner.Planned planned, End end) {
        var counts = state.records().counts(planned.plan());
        var account = account();
        return new RunSummary(
                pipeline.name(),
                pipeline.model(),
                sender.endpoint().identity(),
                planned.promptVersion().brief(),
                end,
                counts.total(),
                counts.done(),
                state.records().failures(planned.plan()),
                counts.outstanding() + counts.canceled() + counts.submitted(),
                sender.batchesSent(),
                account.usage().minus(accountAtStart.usage()),
                account.costMicrosSince(accountAtStart),
                account.costMicros(),
                Duration.between(startedAt, environment.clock().instant()),
                output.sink().file(),
                counts.failed() == 0 ? null : output.sink().failedFile(),
                output.sink().reportFile());
    }

    private Report report(Plan plan, RunSummary summary) {
        return new Report(
                summary,
                environment.clock().instant(),
                state.batches().sent(),
                account().usage(),
                environment.prices(),
                state.batches().latest(REPORTED_MAX),
                state.records().firstFailures(plan, REPORTED_MAX));
    }

    private Account account() {
        return new Account(
                environment.prices(), state.batches().spent(sender.endpoint().identity()));
    }
}
