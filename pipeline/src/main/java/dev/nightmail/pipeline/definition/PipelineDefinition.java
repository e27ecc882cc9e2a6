package dev.nightmail.pipeline.definition;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A pipeline as its author wrote it: validated, with every file it names read or known to exist.
 *
 * @param file the YAML file itself; every relative path in it starts from its folder
 * @param prompt the Mustache template of the user message
 * @param truncations how much of a record's field the template may see, by field name
 * @param params further request parameters passed on as they are, such as {@code tools} or {@code
 *     thinking}
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
        SinkDefinition sink,
        @Nullable Budget budget,
        RetryLimits retry,
        Map<String, JsonNode> params) {

    public PipelineDefinition {
        truncations = Map.copyOf(truncations);
        params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
    }

    /**
     * Reads and validates a pipeline file and the files it names.
     *
     * @throws DefinitionException naming every problem found, one line each
     */
    public static PipelineDefinition read(Path file) {
        return new DefinitionReader(file).read();
    }

    /** The folder every relative path of the pipeline starts from. */
    public Path folder() {
        return folderOf(file);
    }

    public Optional<OutputDefinition> outputIfAny() {
        return Optional.ofNullable(output);
    }

    public Optional<Budget> budgetIfAny() {
        return Optional.ofNullable(budget);
    }

    static Path folderOf(Path file) {
        var parent = file.toAbsolutePath().normalize().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a folder is no pipeline file: " + file);
        }
        return parent;
    }
}
