package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.schema.AnswerSchema;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code output}: what an answer must look like. */
final class OutputSection {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final Key<String> SCHEMA =
            Key.of(
                            "schema",
                            Kinds.text(),
                            "A file with the JSON Schema that is sent with each request and checked against each answer.")
                    .required("give a file with a JSON schema");
    private static final Key<Integer> REASK =
            Key.of(
                            "reask",
                            Kinds.wholeNumber(0, 10),
                            "How often a record is asked again, with the reason, after an answer that breaks the schema.")
                    .orElse(0);

    static final Key<YamlSection> KEY =
            Key.of(
                    "output",
                    Kinds.section(
                            Keys.of(SCHEMA, REASK), "{ schema: answer.schema.json, reask: 1 }"),
                    "What an answer must look like; without it any text will do.");

    private OutputSection() {}

    static @Nullable OutputDefinition read(YamlSection root, ReferencedFiles files) {
        var section = root.read(KEY);
        if (section == null) {
            return null;
        }
        var named = section.read(SCHEMA);
        int reaskMax = section.valueOf(REASK);
        var text = named == null ? null : files.text(section, SCHEMA.name(), named);
        if (named == null || text == null) {
            return null;
        }
        try {
            if (JSON.readTree(text) instanceof ObjectNode schema) {
                AnswerSchema.problems(schema)
                        .forEach(problem -> section.problem(SCHEMA.name(), named + problem));
                return new OutputDefinition(files.folder().resolve(named), schema, reaskMax);
            }
            section.problem(SCHEMA.name(), named + " must hold a JSON object");
        } catch (JacksonException e) {
            section.problem(
                    SCHEMA.name(),
                    named + " is not valid JSON: " + firstLine(e.getOriginalMessage()));
        }
        return null;
    }

    private static String firstLine(@Nullable String message) {
        return message == null
                ? "unknown reason"
                : message.lines().findFirst().orElse("unknown reason");
    }
}
