package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.CommandGroup;
import dev.nightmail.cli.surroundings.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code batches}: what can be done with batches; each part is a command of its own. */
@Command(
        name = "batches",
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Submit, follow and download batches, at a server of your own or at Anthropic.",
        footerHeading = "%nKeys: ",
        footer = {
            "NIGHTMAIL_API_KEY for servers of your own (on this machine none is needed),",
            "ANTHROPIC_API_KEY for --endpoint claude."
        })
public final class BatchesCommand extends CommandGroup {

    private BatchesCommand() {}

    /** With all its parts. */
    public static CommandLine commandLine(Surroundings surroundings) {
        return new CommandLine(new BatchesCommand())
                .addSubcommand(new SubmitCommand(surroundings))
                .addSubcommand(new ListCommand(surroundings))
                .addSubcommand(new ShowCommand(surroundings))
                .addSubcommand(new WatchCommand(surroundings))
                .addSubcommand(new ResultsCommand(surroundings))
                .addSubcommand(new CancelCommand(surroundings))
                .addSubcommand(new DeleteCommand(surroundings));
    }
}
