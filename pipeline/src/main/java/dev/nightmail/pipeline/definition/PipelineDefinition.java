package dev.nightmail.pipeline.definition;

import dev.nightmail.pipeline.client.CallTerms;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.source.SourceDefinition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A pipeline as its author wrote it: validated, with every file it names read or known to exist.
 *
 * @param file the YAML file itself; every relative path in it starts from its folder. Of a pipeline
 *     that was put together in code, where it would be: no such file is read or written
 * @param prompt the Mustache template of the user message
 * @param truncations how much of a record's field the template may see, by field name
 * @param params further request parameters passed on as they are, such as {@code tools} or {@code
 *     thinking}
 * @param terms version and betas that every request is asked with
 * @param promptWithoutFields whether a prompt that shows nothing of its record is meant
 * @param allowOutside whether paths may lead out of the pipeline's folder
 * @param outputs the sinks, and the files beside them
 * @param inputs the files the pipeline is made of: itself, if it is one, its prompts, its schema
 * @param prices a file of prices that come before the shipped ones; null if there is none
 * @param badRecords how many of its records may be unusable
 * @param dedupe whether records that ask the same are asked once
 * @param pilot which requests are sent first, alone; null: none are
 */
public record PipelineDefinition(
        Path file,
        String name,
        SourceDefinition source,
        String model,
        int maxTokens,
        @Nullable SystemPrompt system,
        String prompt,
        Map<String, Truncation> truncations,
        @Nullable OutputDefinition output,
        OutputPlaces outputs,
        @Nullable Budget budget,
        RetryLimits retry,
        Map<String, JsonNode> params,
        CallTerms terms,
        boolean promptWithoutFields,
        boolean allowOutside,
        List<NamedFile> inputs,
        @Nullable Path prices,
        BadRecords badRecords,
        boolean dedupe,
        @Nullable Pilot pilot) {

    public PipelineDefinition {
        truncations = Map.copyOf(truncations);
        inputs = List.copyOf(inputs);
        params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
    }

    /**
     * Reads and validates a pipeline file and the files it names.
     *
     * @throws DefinitionException naming every problem found, one line each
     */
    public static PipelineDefinition read(Path file) {
        return read(file, _ -> Optional.empty());
    }

    /**
     * The same.
     *
     * @param variables environment variables by name, which {@code ${NAME}} in the file stands for;
     *     empty for one that is not set
     */
    public static PipelineDefinition read(Path file, Function<String, Optional<String>> variables) {
        return DefinitionReader.ofFile(file, variables);
    }

    /**
     * Validates a pipeline that was put together in code, as it would be if it stood in a file.
     *
     * @throws DefinitionException naming every problem found, one line each
     */
    public static PipelineDefinition of(DefinitionInCode code) {
        return DefinitionReader.ofCode(code);
    }

    /** The folder every relative path of the pipeline starts from. */
    public Path folder() {
        return folderOf(file);
    }

    /** Which paths the pipeline may use. */
    public PathRule paths() {
        return new PathRule(folder(), allowOutside);
    }

    /** Where a pipeline keeps what it knows: {@code NAME.state.db} beside {@code NAME.yaml}. */
    public Path stateFile() {
        return stateFileOf(file);
    }

    /** Where a source keeps what it fetched while it is read. */
    public Path sourceFolder() {
        return folder().resolve(".nightmail").resolve(nameOf(file) + ".source.work");
    }

    /** What the pipeline is made of and what it writes: none of it is a record. */
    public List<Path> ownFiles() {
        var own = new ArrayList<Path>();
        inputs.forEach(input -> own.add(input.path()));
        outputs.files().forEach(output -> own.add(output.path()));
        outputs.sample().files().forEach(output -> own.add(output.path()));
        for (var ending : List.of("", "-wal", "-shm", "-journal", ".lock")) {
            own.add(stateFile().resolveSibling(stateFile().getFileName() + ending));
        }
        return own;
    }

    /** This pipeline cannot be run as it is. */
    public DefinitionException refused(List<String> reasons) {
        return new DefinitionException(file, reasons);
    }

    public Optional<OutputDefinition> outputIfAny() {
        return Optional.ofNullable(output);
    }

    public Optional<Budget> budgetIfAny() {
        return Optional.ofNullable(budget);
    }

    public Optional<Pilot> pilotIfAny() {
        return Optional.ofNullable(pilot);
    }

    static Path stateFileOf(Path file) {
        return file.resolveSibling(nameOf(file) + ".state.db");
    }

    /** The file's name without its ending. */
    static String nameOf(Path file) {
        var name = String.valueOf(file.getFileName());
        var dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    static Path folderOf(Path file) {
        var parent = file.toAbsolutePath().normalize().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a folder is no pipeline file: " + file);
        }
        return parent;
    }
}
