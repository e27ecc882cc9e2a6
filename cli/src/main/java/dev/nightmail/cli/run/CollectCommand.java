package dev.nightmail.cli.run;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.PipelineRun;
import dev.nightmail.pipeline.run.RunSummary;
import dev.nightmail.pipeline.sink.ReaderGoneException;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.RunUnderWayException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code collect}: takes what has ended of what {@code run --no-wait} left. */
@Command(
        name = "collect",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Take the results of a pipeline's batches that have ended, and write the answers.",
            "Submits nothing and does not read the source; what is to be sent again, the next",
            "run sends."
        },
        footerHeading = "%nExit codes: ",
        footer = {
            "0 collected, or nothing to collect yet; 1 failed; 2 wrong usage;",
            "3 all is collected, but some records have no answer; 130 stopped with Ctrl-C."
        })
public final class CollectCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private Console console;

    @Mixin private PipelineOptions pipeline = new PipelineOptions();

    @Mixin private OverwriteOption overwrite = new OverwriteOption();

    @Mixin private DetailedExit exit = new DetailedExit();
    @Mixin private CommonOptions common = new CommonOptions();

    public CollectCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        var definition = pipeline.definition(surroundings);
        ShellPipe.refuseEvents(definition, common.json());
        console = ShellPipe.console(definition, console);
        var end = new NoRun(console, common, exit);
        var checked = PipelineRun.checkedToCollect(definition, surroundings.runEnvironment());
        if (!PipelineState.exists(definition.stateFile())) {
            return end.neverRun(definition.name());
        }
        if (PipelineState.isRunUnderWay(definition.stateFile())) {
            return end.underWay();
        }
        var chosen =
                pipeline.elsewhere(definition, surroundings, console)
                        .orElseThrow(() ->
                                CommandException.usage(
                                        "collect asks the endpoint that has the batches, and the simulator inside a run ends with it: name one with --endpoint URL, or use nightmail run, which waits"));
        try (chosen) {
            var summary = collect(checked.at(chosen.endpoint()), definition, chosen);
            if (summary.isEmpty()) {
                return end.neverRun(definition.name());
            }
            if (!common.json()) {
                SummaryText.tell(summary.get(), console, surroundings);
            }
            return exitCode(summary.get());
        } catch (RunUnderWayException _) {
            return end.underWay();
        } catch (ReaderGoneException e) {
            throw CommandException.readerGone(String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            throw CommandException.interrupted(
                    "stopped. Nothing is lost: what was collected is kept");
        }
    }

    private Optional<RunSummary> collect(
            PipelineRun run, PipelineDefinition definition, RunTarget chosen)
            throws InterruptedException {
        if (common.json()) {
            return run.collect(overwrite.isGiven(), event -> console.json(RunJson.event(event)));
        }
        var plan = chosen.planText(definition, console.errorStyle());
        try (var display =
                RunDisplay.collecting(console, chosen.simulated(), plan, surroundings.clock())) {
            return run.collect(overwrite.isGiven(), chosen.withoutToldFailure(display));
        }
    }

    private int exitCode(RunSummary summary) {
        return switch (summary.end()) {
            case BATCHES_OUT -> exit.of(ExitCode.BATCHES_OUT);
            case LEFT_TO_SEND, DECLINED -> ExitCode.DONE;
            case COMPLETE, CANCELED, BUDGET_REACHED, STOPPED_BY_PILOT -> {
                // What has no answer was told by the collection that found it out.
                if (summary.didNothing()) {
                    yield exit.of(ExitCode.NOTHING_TO_DO);
                }
                yield summary.failedRecords() > 0 || summary.unsent() > 0
                        ? ExitCode.SOME_WITHOUT_ANSWER
                        : ExitCode.DONE;
            }
        };
    }
}
