package dev.nightmail.cli.batches;

import dev.nightmail.cli.surroundings.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
public final class BatchesCommand implements Runnable {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it.
    private boolean help;

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

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do: " + String.join(", ", spec.subcommands().keySet()));
    }
}
