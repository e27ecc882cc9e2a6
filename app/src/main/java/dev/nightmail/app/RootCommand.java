package dev.nightmail.app;

import dev.nightmail.app.command.KeysCommand;
import dev.nightmail.app.command.ServeCommand;
import dev.nightmail.app.command.UsageCommand;
import dev.nightmail.app.config.ConfigException;
import dev.nightmail.app.server.StartException;
import dev.nightmail.cli.Commands;
import dev.nightmail.core.journal.JournalException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code nightmail}: what all commands have in common. */
@Command(
        name = "nightmail",
        versionProvider = RootCommand.CurrentVersion.class,
        description =
                "Bulk work with Claude-shaped language models, at half the price, delivered by morning.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Every command explains itself: nightmail COMMAND --help"})
public final class RootCommand implements Runnable {

    @Spec private CommandSpec spec = CommandSpec.create();

    private RootCommand() {}

    static final class CurrentVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"nightmail " + Version.current()};
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to do: run, estimate, serve, batches, keys, usage");
    }

    /** All commands, put together for these surroundings. */
    static CommandLine commandLine(
            Surroundings surroundings, dev.nightmail.cli.surroundings.Surroundings client) {
        var root = new CommandLine(new RootCommand());
        Commands.addTo(root, client);
        root.addSubcommand(new ServeCommand(surroundings));
        root.addSubcommand(new KeysCommand(surroundings));
        root.addSubcommand(new UsageCommand(surroundings));
        addHelp(root);
        root.getCommandSpec().mixinStandardHelpOptions(true);
        Commands.giveManners(root, client);
        var others = root.getExecutionExceptionHandler();
        root.setExecutionExceptionHandler((failure, command, arguments) ->
                isOfTheServer(failure)
                        ? report(surroundings, failure)
                        : others.handleExecutionException(failure, command, arguments));
        return root;
    }

    private static void addHelp(CommandLine parent) {
        for (var command : parent.getSubcommands().values()) {
            if (!command.getCommandSpec().mixinStandardHelpOptions()) {
                command.getCommandSpec().mixinStandardHelpOptions(true);
            }
            addHelp(command);
        }
    }

    private static boolean isOfTheServer(Exception failure) {
        return failure instanceof ConfigException
                || failure instanceof StartException
                || failure instanceof JournalException;
    }

    private static int report(Surroundings surroundings, Exception failure) {
        if (failure instanceof ConfigException config) {
            config.problems().forEach(surroundings.err()::println);
            return CommandLine.ExitCode.USAGE;
        }
        surroundings.err().println(failure.getMessage());
        return CommandLine.ExitCode.SOFTWARE;
    }
}
