package dev.nightmail.app.command;

import dev.nightmail.cli.surroundings.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code keys}: API keys of a data folder; each part is a command of its own. They work while a
 * server runs on the folder.
 */
@Command(
        name = "keys",
        synopsisSubcommandLabel = "COMMAND",
        description = "Make, list and revoke the API keys of a server.",
        footer = {
            "",
            "Run them where the data folder is; a running server follows within seconds.",
            "As long as no key was ever made, a server on loopback takes any key."
        })
public final class KeysCommand implements Runnable {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it.
    private boolean help;

    private KeysCommand() {}

    /** With all its parts. */
    public static CommandLine commandLine(Surroundings surroundings) {
        return new CommandLine(new KeysCommand())
                .addSubcommand(new KeysCreateCommand(surroundings))
                .addSubcommand(new KeysListCommand(surroundings))
                .addSubcommand(new KeysRevokeCommand(surroundings));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do: " + String.join(", ", spec.subcommands().keySet()));
    }
}
