package dev.nightmail.cli.run;

import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which pipeline, at which endpoint outside of this process. */
final class PipelineOptions {

    @Parameters(paramLabel = "PIPELINE.yaml", description = "The pipeline.")
    @SuppressWarnings("NullAway.Init") // picocli sets it, or refuses the command line.
    private Path pipeline;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = {
                "Where its batches are: a URL, or the word claude.",
                "Default: ANTHROPIC_BASE_URL if it is set; claude if",
                "ANTHROPIC_API_KEY is."
            })
    private @Nullable String endpoint;

    PipelineDefinition definition(Surroundings surroundings) {
        return PipelineDefinition.read(
                surroundings.folder().resolve(pipeline), surroundings::variable);
    }

    /** Empty if nothing names one. */
    Optional<RunTarget> elsewhere(
            PipelineDefinition definition, Surroundings surroundings, Console console)
            throws InterruptedException {
        return RunTarget.elsewhere(endpoint, definition, surroundings, console::note);
    }
}
