package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.prompt.PromptVersion;
import dev.nightmail.pipeline.state.StoredPlan;
import java.time.Duration;
import java.time.Instant;

/**
 * Takes the results of batches that have ended, once. It waits for one thing: results that an ended
 * batch lacks are fetched again for as long as a run would, since nothing else will.
 */
final class Collection {

    private final RunEnvironment environment;
    private final Poller poller;
    private final Output output;
    private final Books books;
    private final ProgressListener listener;

    Collection(
            RunEnvironment environment,
            Poller poller,
            Output output,
            Books books,
            ProgressListener listener) {
        this.environment = environment;
        this.poller = poller;
        this.output = output;
        this.books = books;
        this.listener = listener;
    }

    RunSummary collect(StoredPlan planned) throws InterruptedException {
        var plan = planned.plan();
        output.check();
        books.noteUnwritten(true);
        poller.begin(plan, books.accountAtStart());
        try {
            takeWhatEnded(planned);
        } catch (EndpointException | RunException | InterruptedException e) {
            writeBefore(e, planned);
            throw e;
        }
        write(planned);
        var version = new PromptVersion(planned.promptVersion());
        var summary = books.summary(plan, version, books.end(plan, false), 0);
        if (planned.complete() && !summary.didNothing()) {
            output.writeReport(books.report(plan, summary));
        }
        listener.on(new RunEvent.Finished(summary));
        return summary;
    }

    private void takeWhatEnded(StoredPlan planned) throws InterruptedException {
        while (true) {
            var begun = environment.clock().instant();
            poller.poll(planned.plan(), () -> deliver(planned));
            refuseSilence();
            var next = poller.nextFetch();
            // What was due and was not fetched is of a batch that the endpoint calls ended no more.
            if (next.isEmpty() || !next.get().isAfter(begun)) {
                return;
            }
            pauseUntil(next.get());
        }
    }

    private void deliver(StoredPlan planned) throws InterruptedException {
        if (planned.complete()) {
            output.deliver(planned.plan());
        }
    }

    private void writeBefore(Exception reason, StoredPlan planned) {
        if (!planned.complete()) {
            books.noteUnwritten(books.hasNews());
        } else if (!books.isWorthWriting(planned.plan())) {
            books.noteUnwrittenAsBefore();
        } else if (output.writeBefore(reason, planned.plan())) {
            books.noteUnwritten(false);
        }
    }

    private void refuseSilence() {
        var silence = poller.silence();
        if (silence.isPresent()) {
            throw new RunException(
                    "the endpoint does not answer ("
                            + silence.get().getMessage()
                            + "). Nothing is lost: collect again later",
                    silence.get());
        }
    }

    private void pauseUntil(Instant next) throws InterruptedException {
        var pause = Duration.between(environment.clock().instant(), next);
        if (pause.isPositive()) {
            environment.pause().pause(pause);
        }
    }

    private void write(StoredPlan planned) throws InterruptedException {
        if (!planned.complete()) {
            listener.on(
                    new RunEvent.Noted(
                            "the last run did not get to the end of its source: what was collected is kept, and the next run writes it"));
            books.noteUnwritten(books.hasNews());
            return;
        }
        if (books.isWorthWriting(planned.plan())) {
            output.write(planned.plan());
            books.noteUnwritten(false);
        } else {
            books.noteUnwrittenAsBefore();
        }
    }
}
