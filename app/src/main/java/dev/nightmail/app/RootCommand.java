package dev.nightmail.app;

import dev.nightmail.app.command.DoctorCommand;
import dev.nightmail.app.command.KeysCommand;
import dev.nightmail.app.command.ServeCommand;
import dev.nightmail.app.command.Shutdown;
import dev.nightmail.app.command.SimulatorCommand;
import dev.nightmail.app.command.UsageCommand;
import dev.nightmail.app.config.ConfigException;
import dev.nightmail.cli.Commands;
import dev.nightmail.cli.command.CommandGroup;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** {@code nightmail}: what all commands have in common. */
@Command(
        name = "nightmail",
        versionProvider = RootCommand.CurrentVersion.class,
        description =
                "Bulk work with Claude-shaped language models, at half the price, delivered by morning.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Every command explains itself: nightmail COMMAND --help"})
final class RootCommand extends CommandGroup {

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it.
    private boolean version;

    private RootCommand() {}

    static final class CurrentVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"nightmail " + Version.current()};
        }
    }

    /**
     * All commands, put together for these surroundings; or only the one that the arguments begin
     * with, if it is one of the server's: describing all the others would take longer than to start
     * it.
     */
    static CommandLine commandLine(
            Surroundings surroundings, Shutdown shutdown, String... arguments) {
        var root = new CommandLine(new RootCommand());
        switch (arguments.length == 0 ? "" : arguments[0]) {
            case "serve" -> root.addSubcommand(new ServeCommand(surroundings, shutdown));
            case "simulator" -> root.addSubcommand(new SimulatorCommand(surroundings, shutdown));
            case "keys" -> root.addSubcommand(KeysCommand.commandLine(surroundings));
            case "usage" -> root.addSubcommand(new UsageCommand(surroundings));
            case "doctor" -> root.addSubcommand(new DoctorCommand(surroundings));
            default -> {
                Commands.addTo(root, surroundings);
                root.addSubcommand(new ServeCommand(surroundings, shutdown));
                root.addSubcommand(KeysCommand.commandLine(surroundings));
                root.addSubcommand(new UsageCommand(surroundings));
                root.addSubcommand(new DoctorCommand(surroundings));
                root.addSubcommand(new SimulatorCommand(surroundings, shutdown));
            }
        }
        Commands.giveManners(root, surroundings);
        var others = root.getExecutionExceptionHandler();
        root.setExecutionExceptionHandler((failure, command, parsed) ->
                failure instanceof ConfigException config
                        ? tell(config, new Console(surroundings))
                        : others.handleExecutionException(failure, command, parsed));
        return root;
    }

    private static int tell(ConfigException failure, Console console) {
        failure.problems().forEach(problem -> console.note("nightmail: " + problem));
        return ExitCode.WRONG_USAGE;
    }
}
