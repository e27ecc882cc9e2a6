package dev.nightmail.cli.run;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.PipelineRun;
import dev.nightmail.pipeline.run.PipelineStatus;
import dev.nightmail.pipeline.run.RunOptions;
import dev.nightmail.pipeline.run.RunSummary;
import dev.nightmail.pipeline.sink.ReaderGoneException;
import dev.nightmail.pipeline.source.EmptySourceException;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.RunUnderWayException;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code run}: takes a pipeline from its records to its answers, or further on the way there. */
@Command(
        name = "run",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Send a pipeline's records through a batch API and write the answers.",
            "Run it again and it goes on where it was: what has an answer is not paid for twice."
        },
        footerHeading = "%nExit codes: ",
        footer = {
            "0 every record has an answer, batches are out (--no-wait), or",
            "there is nothing to do; 1 failed; 2 wrong usage or declined;",
            "3 finished, but some records have no answer; 4 stopped by the",
            "pilot; 130 stopped with Ctrl-C.",
            "Money is in US dollars, as the endpoint bills; sizes are decimal",
            "(1 MB = 1,000,000 bytes)."
        })
public class RunCommand implements Callable<Integer> {

    static final String NO_ESTIMATE =
            "a run of this pipeline is under way, and what it will have left is not known: nightmail status shows how far it is";

    private final Surroundings surroundings;
    private Console console;

    @Mixin private TargetOptions target = new TargetOptions();

    @Option(
            names = "--dry-run",
            description = {
                "Read, render and price everything, show one prompt.",
                "Sends no batch; a few prompts go to the endpoint",
                "to have their tokens counted, which is free."
            })
    private boolean dryRun;

    @Mixin private OverwriteOption overwrite = new OverwriteOption();

    @Option(names = "--yes", description = "Spend without asking.")
    private boolean yes;

    @Option(
            names = "--no-pilot",
            description = {
                "Send everything, though the pipeline has a pilot that",
                "was not sent yet, or that failed."
            })
    private boolean noPilot;

    @Option(
            names = "--no-wait",
            description = {
                "Take what has ended, submit what is due, and leave;",
                "nightmail collect takes the rest when it is there.",
                "Needs a server that outlives this command."
            })
    private boolean noWait;

    @Mixin private DetailedExit exit = new DetailedExit();
    @Mixin private CommonOptions common = new CommonOptions();

    public RunCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        var limit = target.limit();
        var retried = retried();
        var definition = target.definition(surroundings);
        ShellPipe.refuseKeyboard(definition, surroundings);
        if (!dryRun || !common.json()) {
            ShellPipe.refuseEvents(definition, common.json());
            console = ShellPipe.console(definition, console);
        }
        var environment = surroundings.runEnvironment();
        var end = new NoRun(console, common, exit);
        // Before a server is started for it.
        var checked = PipelineRun.checked(definition, environment, limit);
        if (PipelineState.isRunUnderWay(definition.stateFile())) {
            if (dryRun) {
                throw CommandException.failed(NO_ESTIMATE);
            }
            return end.underWay();
        }
        var chosen = choose(definition);
        var complete = false;
        try (chosen) {
            ShellPipe.refuseUnasked(definition, chosen, yes || dryRun);
            var run = checked.at(chosen.endpoint()).retrying(retried);
            if (dryRun) {
                tellPlan(run, definition, chosen);
                return ExitCode.DONE;
            }
            var confirmation = new SpendingQuestion(console, chosen, yes);
            var options = new RunOptions(overwrite.isGiven(), noWait, !noPilot, confirmation);
            var summary = run(run, options, definition, chosen);
            confirmation.refusal().ifPresent(RunCommand::refuse);
            if (!common.json()) {
                SummaryText.tell(summary, console, surroundings);
            }
            complete = summary.end() == RunSummary.End.COMPLETE;
            return exitCode(summary);
        } catch (RunUnderWayException e) {
            if (dryRun) {
                throw e;
            }
            return end.underWay();
        } catch (EmptySourceException e) {
            var out =
                    PipelineStatus.read(definition, environment)
                            .outAt(chosen.endpoint().identity());
            return end.withoutRecords(String.valueOf(e.getMessage()), out);
        } catch (ReaderGoneException e) {
            throw CommandException.readerGone(String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            throw CommandException.interrupted(
                    "stopped. Nothing is lost: run it again and it goes on from here");
        } finally {
            if (complete) {
                chosen.removeLeftovers();
            } else if (dryRun || !PipelineState.exists(definition.stateFile())) {
                chosen.removeUnlessUsed();
            }
        }
    }

    /** Which records that were set aside are asked again, beside those that every run asks. */
    Set<FailureKind> retried() {
        return Set.of();
    }

    private RunTarget choose(PipelineDefinition definition) throws InterruptedException {
        if (!noWait) {
            return target.choose(definition, surroundings, console);
        }
        return target.elsewhere(definition, surroundings, console)
                .orElseThrow(() ->
                        CommandException.usage(
                                "--no-wait leaves batches behind, and the simulator inside a run ends with it: name a server with --endpoint URL (nightmail serve starts one), set ANTHROPIC_API_KEY, or leave --no-wait out"));
    }

    private void tellPlan(PipelineRun run, PipelineDefinition definition, RunTarget chosen)
            throws InterruptedException {
        var preview = run.preview(chosen.notesOfRetries(console::note));
        if (common.json()) {
            console.json(RunJson.preview(preview, true));
            return;
        }
        var plan = chosen.planText(definition, console.outputStyle());
        plan.lines(preview).forEach(console::result);
        plan.prompt(preview, console.columns()).forEach(console::result);
        console.result("");
        console.result("No batch was sent.");
    }

    private RunSummary run(
            PipelineRun run, RunOptions options, PipelineDefinition definition, RunTarget chosen)
            throws InterruptedException {
        if (common.json()) {
            return run.run(options, event -> console.json(RunJson.event(event)));
        }
        try (var display =
                RunDisplay.running(
                        console,
                        chosen.simulated(),
                        chosen.planText(definition, console.errorStyle()),
                        surroundings.clock())) {
            return run.run(options, chosen.withoutToldFailure(display));
        }
    }

    private static void refuse(String reason) {
        throw CommandException.usage(reason);
    }

    private int exitCode(RunSummary summary) {
        return switch (summary.end()) {
            case COMPLETE -> {
                if (summary.failedRecords() > 0) {
                    yield ExitCode.SOME_WITHOUT_ANSWER;
                }
                yield summary.didNothing() ? exit.of(ExitCode.NOTHING_TO_DO) : ExitCode.DONE;
            }
            case BUDGET_REACHED, CANCELED -> ExitCode.SOME_WITHOUT_ANSWER;
            case STOPPED_BY_PILOT -> ExitCode.STOPPED_BY_PILOT;
            case BATCHES_OUT -> exit.of(ExitCode.BATCHES_OUT);
            case LEFT_TO_SEND -> ExitCode.DONE;
            case DECLINED -> ExitCode.WRONG_USAGE;
        };
    }
}
