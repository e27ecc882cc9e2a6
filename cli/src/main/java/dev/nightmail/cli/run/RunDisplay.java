package dev.nightmail.cli.run;

import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.Endpoints;
import dev.nightmail.cli.text.Figures;
import dev.nightmail.cli.text.ProgressDisplay;
import dev.nightmail.cli.text.Standing;
import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.run.PilotResult;
import dev.nightmail.pipeline.run.Preview;
import dev.nightmail.pipeline.run.ProgressListener;
import dev.nightmail.pipeline.run.RunEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Shows a person how a run gets on. */
final class RunDisplay implements ProgressListener, AutoCloseable {

    /**
     * An endpoint that is away is polled often; once in this time is often enough to hear of it.
     */
    private static final Duration SILENCE_TOLD_EVERY = Duration.ofMinutes(1);

    private static final int PILOT_KINDS_TOLD = 5;

    private final Console console;
    private final boolean simulated;
    private final PlanText plan;
    private final InstantSource clock;
    private ProgressDisplay progress;
    private Instant silenceToldAt = Instant.MIN;

    /** Whether an empty line is due between the plan and the notes below it. */
    private boolean gapDue;

    private boolean notesTold;

    private RunDisplay(Console console, boolean simulated, PlanText plan, InstantSource clock) {
        this.console = console;
        this.simulated = simulated;
        this.plan = plan;
        this.clock = clock;
        this.progress = console.progress();
    }

    /** Of a run, which begins with reading its source. */
    static RunDisplay running(
            Console console, boolean simulated, PlanText plan, InstantSource clock) {
        var display = new RunDisplay(console, simulated, plan, clock);
        display.progress.phase("Reading the records");
        return display;
    }

    /** Of a collection, which reads no source. */
    static RunDisplay collecting(
            Console console, boolean simulated, PlanText plan, InstantSource clock) {
        var display = new RunDisplay(console, simulated, plan, clock);
        display.progress.phase("Asking for the batches");
        return display;
    }

    @Override
    public void on(RunEvent event) {
        switch (event) {
            case RunEvent.Noted(var text) -> note("Note: " + text + ".");
            case RunEvent.Planned(var preview) -> tellPlan(preview);
            case RunEvent.BatchIntended(var _, var requests, var bytes) ->
                    progress.phase(
                            "Submitting "
                                    + Figures.counted(requests, "request")
                                    + ", "
                                    + Figures.bytes(bytes));
            case RunEvent.BatchSubmitted submitted -> tellSubmitted(submitted);
            case RunEvent.BatchSought(var number, var requests) -> tellSought(number, requests);
            case RunEvent.SubmissionFailed(var _, var nextTryIn, var reason) ->
                    note(
                            "No batch could be submitted (%s); the next try is in %s."
                                    .formatted(reason, Figures.duration(nextTryIn)));
            case RunEvent.BatchGone(var number, var batchId) ->
                    note(
                            "Batch %d (%s) is no longer at the endpoint: its requests are sent anew."
                                    .formatted(number, batchId));
            case RunEvent.Progress(
                            var settled,
                            var total,
                            var perSecond,
                            var costMicros,
                            var elapsed) ->
                    progress.at(
                            new Standing(
                                    settled,
                                    total,
                                    perSecond,
                                    simulated ? null : costMicros,
                                    elapsed));
            case RunEvent.ResultsAwaited(var number, var batchId, var missing, var nextTryIn) ->
                    note(
                            "Batch %d (%s) has ended, and its results lack %s; they are fetched again in %s."
                                    .formatted(
                                            number,
                                            batchId,
                                            Figures.counted(missing, "request"),
                                            Figures.duration(nextTryIn)));
            case RunEvent.ResultsPassedOver(var number, var lines) ->
                    note(
                            "Batch %d: %s among its results belong to no request of it; passed over."
                                    .formatted(number, Figures.counted(lines, "line")));
            case RunEvent.BudgetReached(var spent, var underWay, var budget, var unsent) ->
                    note(
                            "The budget of %s is reached (%s spent%s): %s not sent."
                                    .formatted(
                                            Figures.money(budget),
                                            Figures.money(spent),
                                            underWay == 0
                                                    ? ""
                                                    : ", about %s under way"
                                                            .formatted(Figures.money(underWay)),
                                            Figures.counted(unsent, "record")));
            case RunEvent.PilotJudged(var pilot) -> tellPilot(pilot);
            case RunEvent.Retrying(var reason) -> note(Endpoints.tryingAgain(reason));
            case RunEvent.EndpointSilent(var reason) -> tellSilence(reason);
            case RunEvent.Waiting(var reasons) ->
                    reasons.forEach(reason -> note("Waiting: " + reason + "."));
            case RunEvent.ResultsKept _,
                    RunEvent.BatchCollected _,
                    RunEvent.FileWritten _,
                    RunEvent.AnswersDelivered _,
                    RunEvent.Finished _ -> {
                // The bar and the summary say it.
            }
        }
    }

    @Override
    public void close() {
        progress.close();
        if (notesTold && console.isWatched()) {
            // Read together with the summary, which follows.
            console.note("");
        }
    }

    /** The plan, and then perhaps a question, take the place of the bar. */
    private void tellPlan(Preview preview) {
        progress.close();
        plan.lines(preview).forEach(console::note);
        if (console.isWatched()) {
            console.note("");
        } else {
            gapDue = true;
        }
        progress = console.progress();
    }

    /** What failed comes before a question, which takes the place of the bar. */
    private void tellPilot(PilotResult pilot) {
        if (pilot.hasPassed()) {
            note(
                    "The pilot: %s of %s answered; the rest is sent."
                            .formatted(
                                    Figures.count(pilot.answered()),
                                    Figures.counted(pilot.requests(), "request")));
            return;
        }
        progress.close();
        progress = console.progress();
        note(
                "The pilot: %s of %s failed, and at most %s may:"
                        .formatted(
                                Figures.count(pilot.failed()),
                                Figures.counted(pilot.requests(), "request"),
                                Figures.count(pilot.allowed())));
        pilot.failures().entrySet().stream()
                .limit(PILOT_KINDS_TOLD)
                .forEach(each ->
                        note(
                                "  %s %s, such as %s: %s"
                                        .formatted(
                                                Figures.count(each.getValue().records()),
                                                FailureKind.words(each.getKey()),
                                                each.getValue().recordId(),
                                                each.getValue().message())));
    }

    private void note(String line) {
        if (gapDue) {
            progress.note("");
            gapDue = false;
        }
        progress.note(line);
        notesTold = true;
    }

    private void tellSought(int number, int requests) {
        note("It is not known whether batch %d was created: looking for it.".formatted(number));
        progress.phase("Looking for batch " + number + ", " + Figures.counted(requests, "request"));
    }

    private void tellSubmitted(RunEvent.BatchSubmitted batch) {
        note(
                "Batch %d: %s %s as %s"
                        .formatted(
                                batch.number(),
                                Figures.counted(batch.requests(), "request"),
                                batch.found() ? "found again" : "submitted",
                                batch.batchId()));
    }

    private void tellSilence(String reason) {
        var now = clock.instant();
        if (silenceToldAt.isBefore(now.minus(SILENCE_TOLD_EVERY))) {
            silenceToldAt = now;
            note("The endpoint does not answer; waiting for it (" + reason + ").");
        }
    }
}
