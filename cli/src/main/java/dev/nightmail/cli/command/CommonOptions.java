package dev.nightmail.cli.command;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options every command has; a command mixes them in. */
public final class CommonOptions {

    static final String VERBOSE = "--verbose";

    @Option(names = "--json", description = "Write JSON for programs to standard output.")
    private boolean json;

    @Option(
            names = VERBOSE,
            description = "Show where an error came from; so does NIGHTMAIL_DEBUG=1.")
    @SuppressWarnings("UnusedVariable") // Failures asks the parse result for it.
    private boolean verbose;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli acts on it.
    private HelpOption help = new HelpOption();

    public boolean json() {
        return json;
    }
}
