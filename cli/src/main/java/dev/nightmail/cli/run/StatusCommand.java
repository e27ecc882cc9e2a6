package dev.nightmail.cli.run;

import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.Endpoints;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.PipelineStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code status}: where a pipeline stands, also while a run is under way. */
@Command(
        name = "status",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Show a pipeline's batches and how many of its records stand where.",
            "Changes nothing, and may be asked while a run is under way."
        },
        footerHeading = "%nExit codes: ",
        footer = {
            "0 shown; 1 failed; 2 wrong usage.",
            "Money is in US dollars, as the endpoint bills; with --json in millionths of a dollar."
        })
public final class StatusCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Mixin private PipelineOptions pipeline = new PipelineOptions();
    @Mixin private DetailedExit exit = new DetailedExit();
    @Mixin private CommonOptions common = new CommonOptions();

    public StatusCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        var definition = pipeline.definition(surroundings);
        var environment = surroundings.runEnvironment();
        var status = PipelineStatus.read(definition, environment);
        var seen = seen(status, definition);
        if (common.json()) {
            console.json(StatusJson.of(status, seen, surroundings.clock().instant()));
        } else {
            new StatusText(console.outputStyle(), surroundings.clock().instant())
                    .lines(status, seen)
                    .forEach(console::result);
        }
        return exitCode(status);
    }

    /** What the endpoint says of the batches that are out, by id; as far as it answers. */
    private Map<String, BatchSnapshot> seen(PipelineStatus status, PipelineDefinition definition)
            throws InterruptedException {
        var seen = new LinkedHashMap<String, BatchSnapshot>();
        if (status.out().isEmpty()) {
            return seen;
        }
        var chosen = pipeline.elsewhere(definition, surroundings, console);
        if (chosen.isEmpty()) {
            return seen;
        }
        var endpoint = chosen.get().endpoint();
        try (var client =
                Endpoints.client(
                        endpoint,
                        surroundings,
                        chosen.get().failureTold() ? _ -> {} : console::note)) {
            for (var batch : status.out()) {
                var id = batch.row().batchId();
                if (id != null && batch.row().endpoint().equals(endpoint.identity())) {
                    seen.put(id, client.retrieve(id));
                }
            }
        } catch (EndpointException e) {
            console.note("The endpoint was asked for its batches in vain: " + e.inBrief());
        }
        return seen;
    }

    private int exitCode(PipelineStatus status) {
        if (status.runUnderWay()) {
            return exit.of(ExitCode.RUN_UNDER_WAY);
        }
        if (!status.out().isEmpty()) {
            return exit.of(ExitCode.BATCHES_OUT);
        }
        var records = status.records();
        var left = records.left() + records.submitted();
        return status.plan() != null && left == 0 ? exit.of(ExitCode.NOTHING_TO_DO) : ExitCode.DONE;
    }
}
