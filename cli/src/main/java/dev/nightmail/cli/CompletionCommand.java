package dev.nightmail.cli;

import dev.nightmail.cli.command.HelpOption;
import dev.nightmail.cli.surroundings.Surroundings;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code completion}: a script that teaches a shell to complete our commands. */
@Command(
        name = "completion",
        description = "Print a completion script for bash and zsh.",
        footer = {"", "  source <(nightmail completion)"})
final class CompletionCommand implements Runnable {

    private final Surroundings surroundings;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli acts on it.
    private HelpOption help = new HelpOption();

    CompletionCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        var root = spec.root();
        surroundings.out().print(AutoComplete.bash(root.name(), root.commandLine()));
        surroundings.out().flush();
    }
}
