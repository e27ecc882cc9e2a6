package dev.nightmail.pipeline;

import dev.nightmail.pipeline.definition.DefinitionInCode;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.sink.SinkDefinition;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceRecord;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts a pipeline together in code. Its methods stand for the keys of a pipeline file, and {@link
 * #set} sets those that have no method; nothing is checked before {@link #build}, which tells
 * everything that is wrong at once.
 *
 * <p>Used by one thread.
 */
public final class PipelineBuilder {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final Path folder;
    private final String name;
    private final ObjectNode keys = JSON.createObjectNode();
    private final List<String> problems = new ArrayList<>();
    private @Nullable SourceDefinition source;
    private @Nullable SinkDefinition sink;

    PipelineBuilder(Path folder, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a pipeline's name is made of letters, digits, dashes and underscores, not "
                            + name);
        }
        this.folder = folder.toAbsolutePath().normalize();
        this.name = name;
    }

    /**
     * Takes the records from the program.
     *
     * @param records with an id each, all different. They are walked over once by each estimate and
     *     each run, by one thread, so a list or a query does, and a stream does not
     * @return this
     */
    public PipelineBuilder records(Iterable<SourceRecord> records) {
        return source(new RecordsInCode(records));
    }

    /**
     * Takes the records from a source of one's own, which need not be known to {@code
     * ServiceLoader}.
     *
     * @param own opened once by each estimate and each run
     * @return this
     */
    public PipelineBuilder source(SourceDefinition own) {
        source = own;
        return set("source." + DefinitionInCode.KEY, true);
    }

    /**
     * Takes the records from one of the kinds of sources that {@code ServiceLoader} finds, as the
     * pipeline file does below {@code source}.
     *
     * @param section such as {@code Map.of("sql", "select id, text from 'reviews.csv'")}
     * @return this
     */
    public PipelineBuilder source(Map<String, ?> section) {
        section.forEach((key, value) -> set("source." + key, value));
        return this;
    }

    /**
     * Names the model.
     *
     * @param model passed on as it is
     * @return this
     */
    public PipelineBuilder model(String model) {
        return set("model", model);
    }

    /**
     * Bounds the answers.
     *
     * @param tokens the longest answer, 1 to 300,000
     * @return this
     */
    public PipelineBuilder maxTokens(int tokens) {
        return set("max_tokens", tokens);
    }

    /**
     * Says what every request says first.
     *
     * @param text as it is; {@code set("system.cache", "1h")} asks the upstream to keep it
     * @return this
     */
    public PipelineBuilder system(String text) {
        return set("system.text", text);
    }

    /**
     * Says what is asked about a record.
     *
     * @param template Mustache over the record's fields, such as <code>{{text}}</code>
     * @return this
     */
    public PipelineBuilder prompt(String template) {
        return set("prompt", template);
    }

    /**
     * Says what an answer must look like.
     *
     * @param json a JSON Schema
     * @return this
     */
    public PipelineBuilder schema(String json) {
        try {
            return JSON.readTree(json) instanceof ObjectNode schema
                    ? set("output.schema", schema)
                    : wrong("output.schema: must be a JSON object");
        } catch (JacksonException e) {
            var reason = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
            return wrong("output.schema: is not valid JSON: " + reason);
        }
    }

    /**
     * Says what an answer must look like.
     *
     * @param file with a JSON Schema
     * @return this
     */
    public PipelineBuilder schema(Path file) {
        return set("output.schema", file);
    }

    /**
     * Asks a record again, with the reason, after an answer that breaks the schema.
     *
     * @param times at most so often, 0 to 10
     * @return this
     */
    public PipelineBuilder reask(int times) {
        return set("output.reask", times);
    }

    /**
     * Bounds what all runs of the pipeline together may spend. No batch is sent whose likely cost
     * would go over it.
     *
     * @param usd US dollars, such as {@code new BigDecimal("5.00")}
     * @return this
     */
    public PipelineBuilder budgetUsd(BigDecimal usd) {
        return set("budget.usd", usd);
    }

    /**
     * Writes the answers to a file, which is replaced whole.
     *
     * @param file ends in {@code .jsonl}, {@code .csv} or {@code .parquet}
     * @return this
     */
    public PipelineBuilder sink(Path file) {
        return set("sink.file", file);
    }

    /**
     * Hands the answers to the program, all of them at the end of each run.
     *
     * @param handler called by the thread that runs the pipeline
     * @return this
     */
    public PipelineBuilder answers(AnswerHandler handler) {
        return sink(new AnswersInCode(folder, handler));
    }

    /**
     * Writes the answers to a sink of one's own, which need not be known to {@code ServiceLoader}.
     *
     * @param own opened once by each run
     * @return this
     */
    public PipelineBuilder sink(SinkDefinition own) {
        sink = own;
        return set("sink." + DefinitionInCode.KEY, true);
    }

    /**
     * Writes the answers to one of the kinds of sinks that {@code ServiceLoader} finds, as the
     * pipeline file does below {@code sink}.
     *
     * @param section such as {@code Map.of("file", "results.csv", "bom", true)}
     * @return this
     */
    public PipelineBuilder sink(Map<String, ?> section) {
        section.forEach((key, value) -> set("sink." + key, value));
        return this;
    }

    /**
     * Sets any key of the pipeline file.
     *
     * @param key with those above it, such as {@code retry.transient} or {@code truncate.text}
     * @param value a text, a number, a flag, a path, or a list or a map of these; a length of time
     *     as the file has it, such as {@code "1h"}
     * @return this
     * @throws IllegalArgumentException if the value is of another type, or what stands above the
     *     key was set to a text or a number
     */
    public PipelineBuilder set(String key, Object value) {
        var section = keys;
        int from = 0;
        for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', from)) {
            section = sectionIn(section, key.substring(from, dot), key);
            from = dot + 1;
        }
        section.set(key.substring(from), node(key, value));
        return this;
    }

    private static ObjectNode sectionIn(ObjectNode above, String name, String key) {
        return switch (above.get(name)) {
            case null -> above.putObject(name);
            case ObjectNode section -> section;
            default -> throw new IllegalArgumentException(key + ": " + name + " has no keys");
        };
    }

    private static JsonNode node(String key, Object value) {
        return switch (value) {
            case JsonNode node -> node;
            case CharSequence text -> JSON.getNodeFactory().stringNode(text.toString());
            case Path path -> JSON.getNodeFactory().stringNode(path.toString());
            case Boolean flag -> JSON.getNodeFactory().booleanNode(flag);
            case Number number -> JSON.valueToTree(number);
            case Iterable<?> items -> {
                var list = JSON.createArrayNode();
                items.forEach(item -> list.add(node(key, item)));
                yield list;
            }
            case Map<?, ?> map -> {
                var mapping = JSON.createObjectNode();
                map.forEach((name, item) -> mapping.set(String.valueOf(name), node(key, item)));
                yield mapping;
            }
            default ->
                    throw new IllegalArgumentException(
                            key
                                    + ": is a text, a number, a flag, a path, or a list or a map of these, not a "
                                    + value.getClass().getName());
        };
    }

    private PipelineBuilder wrong(String problem) {
        problems.add(problem);
        return this;
    }

    /**
     * Checks all of it, and the files it names.
     *
     * @return the pipeline, without an endpoint
     * @throws PipelineException naming everything that is wrong, a line each, by the keys of a
     *     pipeline file
     */
    public Pipeline build() {
        if (!Files.isDirectory(folder)) {
            wrong("folder: " + folder + " is no folder: make it first");
        }
        try {
            return new Pipeline(
                    PipelineDefinition.of(
                            new DefinitionInCode(
                                    folder.resolve(name),
                                    keys.deepCopy(),
                                    source,
                                    sink,
                                    problems)));
        } catch (RuntimeException e) {
            throw PipelineException.of(e);
        }
    }
}
