package dev.nightmail.app;

import dev.nightmail.app.command.KeysCommand;
import dev.nightmail.app.command.ServeCommand;
import dev.nightmail.app.command.UsageCommand;
import dev.nightmail.app.config.ConfigException;
import java.util.Optional;
import picocli.AutoComplete;
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
    static CommandLine commandLine(Surroundings surroundings) {
        var root = new CommandLine(new RootCommand());
        root.addSubcommand(new ServeCommand(surroundings));
        root.addSubcommand(new KeysCommand(surroundings));
        root.addSubcommand(new UsageCommand(surroundings));
        root.addSubcommand("completion", new AutoComplete.GenerateCompletion());
        addHelp(root);
        root.getCommandSpec().mixinStandardHelpOptions(true);
        root.setOut(surroundings.out());
        root.setErr(surroundings.err());
        root.setExecutionExceptionHandler((failure, _, _) -> report(surroundings, failure));
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

    private static int report(Surroundings surroundings, Exception failure) {
        boolean debug =
                surroundings
                        .variable("NIGHTMAIL_DEBUG")
                        .filter(text -> !text.isBlank())
                        .isPresent();
        if (debug) {
            failure.printStackTrace(surroundings.err());
        }
        switch (failure) {
            case ConfigException config -> {
                config.problems().forEach(surroundings.err()::println);
                return CommandLine.ExitCode.USAGE;
            }
            case RuntimeException known when isMeantForPeople(known) ->
                    surroundings.err().println(known.getMessage());
            default ->
                    surroundings
                            .err()
                            .println(
                                    "Something went wrong that should not: %s. NIGHTMAIL_DEBUG=1 shows where; please report it."
                                            .formatted(summary(failure)));
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static boolean isMeantForPeople(RuntimeException failure) {
        var ownPackage = failure.getClass().getPackageName().startsWith("dev.nightmail");
        return ownPackage && failure.getMessage() != null;
    }

    private static String summary(Exception failure) {
        return failure.getClass().getSimpleName()
                + Optional.ofNullable(failure.getMessage())
                        .map(message -> ": " + message)
                        .orElse("");
    }
}
