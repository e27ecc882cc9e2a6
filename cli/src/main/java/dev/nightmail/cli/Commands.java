package dev.nightmail.cli;

import dev.nightmail.cli.batches.BatchesCommand;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.Failures;
import dev.nightmail.cli.cost.CostCommand;
import dev.nightmail.cli.run.CollectCommand;
import dev.nightmail.cli.run.EstimateCommand;
import dev.nightmail.cli.run.ExportCommand;
import dev.nightmail.cli.run.RetryCommand;
import dev.nightmail.cli.run.RunCommand;
import dev.nightmail.cli.run.StatusCommand;
import dev.nightmail.cli.run.VersionsCommand;
import dev.nightmail.cli.schema.SchemaCommand;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.upstreams.UpstreamsCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The commands that need no more than the wire API, and the manners all commands share. */
public final class Commands {

    private static final int HELP_COLUMNS_MIN = 60;
    private static final int HELP_COLUMNS_MAX = 110;

    private Commands() {}

    /**
     * Adds {@code run}, {@code estimate}, {@code collect}, {@code status}, {@code export}, {@code
     * retry}, {@code versions}, {@code cost}, {@code batches}, {@code upstreams}, {@code schema}
     * and {@code completion}.
     */
    public static void addTo(CommandLine root, Surroundings surroundings) {
        root.addSubcommand(new RunCommand(surroundings));
        root.addSubcommand(new EstimateCommand(surroundings));
        root.addSubcommand(new CollectCommand(surroundings));
        root.addSubcommand(new StatusCommand(surroundings));
        root.addSubcommand(new ExportCommand(surroundings));
        root.addSubcommand(new RetryCommand(surroundings));
        root.addSubcommand(new VersionsCommand(surroundings));
        root.addSubcommand(new CostCommand(surroundings));
        root.addSubcommand(BatchesCommand.commandLine(surroundings));
        root.addSubcommand(UpstreamsCommand.commandLine(surroundings));
        root.addSubcommand(SchemaCommand.commandLine(surroundings));
        root.addSubcommand(new CompletionCommand(surroundings));
    }

    /**
     * Has every command under {@code root} write to these streams, colour nothing that is not for
     * eyes, tell failures in one line and end with the documented exit codes. To be called once all
     * commands are added.
     */
    public static void giveManners(CommandLine root, Surroundings surroundings) {
        var failures = new Failures(surroundings);
        root.setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8));
        root.setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8));
        root.setColorScheme(
                CommandLine.Help.defaultColorScheme(
                        new Console(surroundings).outputStyle().colours() ? Ansi.ON : Ansi.OFF));
        root.setUsageHelpWidth(
                Math.clamp(
                        surroundings.terminal().columns().getAsInt(),
                        Math.max(HELP_COLUMNS_MIN, UsageMessageSpec.DEFAULT_USAGE_WIDTH - 20),
                        HELP_COLUMNS_MAX));
        root.setParameterExceptionHandler((failure, _) -> failures.wrongArguments(failure));
        root.setExecutionExceptionHandler(
                (failure, _, arguments) -> failures.failed(failure, arguments));
    }
}
