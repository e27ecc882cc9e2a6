package dev.nightmail.cli.run;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.run.PipelineRun;
import dev.nightmail.pipeline.run.PipelineStatus;
import dev.nightmail.pipeline.source.EmptySourceException;
import dev.nightmail.pipeline.state.PipelineState;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code estimate}: what a run would send and cost. */
@Command(
        name = "estimate",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Say what running a pipeline would send and cost; sends nothing that is charged.",
            "Records that have an answer already cost nothing, so the figures are for the rest."
        },
        footerHeading = "%nUnits: ",
        footer = {
            "tokens, and US dollars as the endpoint bills (a batch: half of the standard price).",
            "With --json, cost_micros is in millionths of a dollar."
        })
public final class EstimateCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Mixin private TargetOptions target = new TargetOptions();
    @Mixin private CommonOptions common = new CommonOptions();

    public EstimateCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        var limit = target.limit();
        var definition = target.definition(surroundings);
        ShellPipe.refuseKeyboard(definition, surroundings);
        var environment = surroundings.runEnvironment();
        var checked = PipelineRun.checked(definition, environment, limit);
        if (PipelineState.isRunUnderWay(definition.stateFile())) {
            throw CommandException.failed(RunCommand.NO_ESTIMATE);
        }
        var chosen = target.choose(definition, surroundings, console);
        try (chosen) {
            var preview =
                    checked.at(chosen.endpoint()).preview(chosen.notesOfRetries(console::note));
            if (common.json()) {
                console.json(RunJson.preview(preview, false));
            } else {
                chosen.planText(definition, console.outputStyle())
                        .lines(preview)
                        .forEach(console::result);
            }
            return ExitCode.DONE;
        } catch (EmptySourceException e) {
            return new NoRun(console, common, new DetailedExit())
                    .withoutRecords(
                            String.valueOf(e.getMessage()),
                            PipelineStatus.read(definition, environment)
                                    .outAt(chosen.endpoint().identity()));
        } finally {
            chosen.removeUnlessUsed();
        }
    }
}
