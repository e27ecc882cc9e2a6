package dev.nightmail.cli.command;

import picocli.CommandLine.Option;

/** The one option every command has; picocli acts on it. */
public final class HelpOption {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it.
    private boolean help;
}
