package dev.nightmail.cli.run;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.text.Figures;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.PipelineExport;
import dev.nightmail.pipeline.sink.ExtraColumn;
import dev.nightmail.pipeline.sink.Formulas;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code export}: the answers a pipeline has, in a file. */
@Command(
        name = "export",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Write the answers that a pipeline has into a file.",
            "It holds the newest of every record the pipeline ever read. Changes nothing, and may be",
            "asked while a run is under way."
        },
        footerHeading = "%nExit codes: ",
        footer = {"0 written; 1 failed, or the pipeline has not been run yet; 2 wrong usage."})
public final class ExportCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Parameters(paramLabel = "PIPELINE.yaml", description = "The pipeline.")
    @SuppressWarnings("NullAway.Init") // picocli sets it, or refuses the command line.
    private Path pipeline;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FILE",
            description = {
                "The file; its ending says the format: .jsonl, .csv or",
                ".parquet, the first two also with .gz or .zst."
            })
    @SuppressWarnings("NullAway.Init") // picocli sets it, or refuses the command line.
    private Path target;

    @Option(
            names = "--columns",
            split = ",",
            paramLabel = "COLUMN",
            description = {
                "What to write of how each answer came about, such as",
                "model,cost_usd. Default: what the pipeline's sinks have."
            })
    private List<String> columns = new ArrayList<>();

    @Option(
            names = "--formulas",
            paramLabel = "WHAT",
            description = {
                "What a CSV file does with answers that a spreadsheet",
                "would take for formulas: escape (default) or keep."
            })
    private String formulas = "escape";

    @Option(names = "--overwrite", description = "Replace the file if there is one.")
    private boolean overwrite;

    @Mixin private CommonOptions common = new CommonOptions();

    public ExportCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() {
        var extras = extras();
        var guard = formulas();
        var definition =
                PipelineDefinition.read(
                        surroundings.folder().resolve(pipeline), surroundings::variable);
        var file = surroundings.folder().resolve(target).normalize();
        var rows = write(new PipelineExport(definition, file, extras, guard, overwrite));
        if (rows.isEmpty()) {
            throw CommandException.failed(
                    definition.name() + " has not been run yet, so it has no answers");
        }
        if (common.json()) {
            console.json(
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("event", "exported")
                            .put("file", file.toString())
                            .put("rows", rows.getAsLong()));
        } else {
            console.result(Figures.counted(rows.getAsLong(), "answer") + " written to " + target);
        }
        return ExitCode.DONE;
    }

    private OptionalLong write(PipelineExport export) {
        try {
            return export.write(console::note);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("--to " + e.getMessage());
        }
    }

    /** Null if none are named. */
    private @Nullable List<ExtraColumn> extras() {
        if (columns.isEmpty()) {
            return null;
        }
        return columns.stream().map(ExportCommand::extra).distinct().toList();
    }

    private static ExtraColumn extra(String name) {
        return Arrays.stream(ExtraColumn.values())
                .filter(column -> column.columnName().equals(name.strip()))
                .findFirst()
                .orElseThrow(() ->
                        CommandException.usage(
                                "--columns: there is no column %s: there are %s"
                                        .formatted(
                                                name,
                                                Arrays.stream(ExtraColumn.values())
                                                        .map(ExtraColumn::columnName)
                                                        .collect(Collectors.joining(", ")))));
    }

    private Formulas formulas() {
        return switch (formulas) {
            case "escape" -> Formulas.ESCAPE;
            case "keep" -> Formulas.KEEP;
            default ->
                    throw CommandException.usage(
                            "--formulas must be escape or keep, not " + formulas);
        };
    }
}
