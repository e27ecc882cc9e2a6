package dev.nightmail.cli.schema;

import dev.nightmail.cli.command.HelpOption;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.definition.PipelineSchema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code schema pipeline}. */
@Command(
        name = "pipeline",
        description = "Print the JSON Schema (draft 2020-12) of pipeline files.",
        footer = {
            "",
            "Sources and sinks of your own are in it as soon as their jar is. For editors,",
            "a pipeline file names it in its first line:",
            "",
            "  nightmail schema pipeline > pipeline.schema.json",
            "  # yaml-language-server: $schema=pipeline.schema.json"
        })
final class PipelineSchemaCommand implements Runnable {

    private final Surroundings surroundings;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli acts on it.
    private HelpOption help = new HelpOption();

    PipelineSchemaCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        surroundings.out().print(PipelineSchema.text());
        surroundings.out().flush();
    }
}
