package dev.nightmail.app.command;

import dev.nightmail.cli.command.CommandGroup;
import dev.nightmail.cli.surroundings.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

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
public final class KeysCommand extends CommandGroup {

    private KeysCommand() {}

    /** With all its parts. */
    public static CommandLine commandLine(Surroundings surroundings) {
        return new CommandLine(new KeysCommand())
                .addSubcommand(new KeysCreateCommand(surroundings))
                .addSubcommand(new KeysListCommand(surroundings))
                .addSubcommand(new KeysRevokeCommand(surroundings));
    }
}
