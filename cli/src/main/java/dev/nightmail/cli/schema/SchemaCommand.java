package dev.nightmail.cli.schema;

import dev.nightmail.cli.command.CommandGroup;
import dev.nightmail.cli.surroundings.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code schema} and its parts. */
@Command(
        name = "schema",
        synopsisSubcommandLabel = "COMMAND",
        description = "Print the JSON Schema of a kind of file, for editors and checks.")
public final class SchemaCommand extends CommandGroup {

    private SchemaCommand() {}

    /** With all its parts. */
    public static CommandLine commandLine(Surroundings surroundings) {
        return new CommandLine(new SchemaCommand())
                .addSubcommand(new PipelineSchemaCommand(surroundings));
    }
}
