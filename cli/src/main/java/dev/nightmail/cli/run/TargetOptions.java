package dev.nightmail.cli.run;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which pipeline, over how many of its records, at which endpoint. */
final class TargetOptions {

    @Parameters(
            paramLabel = "PIPELINE.yaml",
            description = "The pipeline; relative paths in it start from its own folder.")
    @SuppressWarnings("NullAway.Init") // picocli sets it, or refuses the command line.
    private Path pipeline;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = {
                "A server of the Message Batches API,",
                "such as http://127.0.0.1:8787, or the word claude",
                "for https://api.anthropic.com.",
                "Default: ANTHROPIC_BASE_URL if it is set; claude if",
                "ANTHROPIC_API_KEY is; else a server in this process",
                "with the built-in simulator."
            })
    private @Nullable String endpoint;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = {
                "Only the first N records of the source; their answers",
                "go to NAME.sample.EXT. Default: all."
            })
    private @Nullable Integer limit;

    PipelineDefinition definition(Surroundings surroundings) {
        return PipelineDefinition.read(
                surroundings.folder().resolve(pipeline), surroundings::variable);
    }

    @Nullable Integer limit() {
        if (limit != null && limit < 1) {
            throw CommandException.usage("--limit " + limit + ": give a number from 1");
        }
        return limit;
    }

    /** Empty if it would be a server inside this process. */
    Optional<RunTarget> elsewhere(
            PipelineDefinition definition, Surroundings surroundings, Console console)
            throws InterruptedException {
        return RunTarget.elsewhere(endpoint, definition, surroundings, console::note);
    }

    RunTarget choose(PipelineDefinition definition, Surroundings surroundings, Console console)
            throws InterruptedException {
        var target = RunTarget.choose(endpoint, definition, surroundings, console::note);
        if (target.simulator() != null) {
            console.note(
                    console.errorStyle()
                            .warning(
                                    "The built-in simulator answers. For real answers set"
                                            + " ANTHROPIC_API_KEY, or name a server with"
                                            + " --endpoint URL."));
            console.note("");
        }
        return target;
    }
}
