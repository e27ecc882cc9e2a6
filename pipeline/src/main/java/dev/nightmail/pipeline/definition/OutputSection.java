package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kind;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.config.yaml.YamlValue;
import dev.nightmail.pipeline.schema.AnswerSchema;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code output}: what an answer must look like. */
final class OutputSection {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final Key<JsonNode> SCHEMA =
            Key.of(
                            "schema",
                            new FileOrSchema(),
                            "A file with the JSON Schema that is sent with each request and checked against each answer, or the schema itself.")
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
        var given = section.read(SCHEMA);
        int reaskMax = section.valueOf(REASK);
        return switch (given) {
            case null -> null;
            case ObjectNode schema -> {
                AnswerSchema.problems(schema)
                        .forEach(problem ->
                                section.problem(SCHEMA.name(), "the schema here" + problem));
                yield new OutputDefinition(null, schema, reaskMax);
            }
            default -> ofFile(given.stringValue(), section, files, reaskMax);
        };
    }

    private static @Nullable OutputDefinition ofFile(
            String named, YamlSection section, ReferencedFiles files, int reaskMax) {
        var text = files.text(section, SCHEMA.name(), named);
        if (text == null) {
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

    /** A schema is short enough, or made by a program, to stand where its file would be named. */
    private record FileOrSchema() implements Kind<JsonNode> {
        @Override
        public @Nullable JsonNode read(YamlValue value) {
            var node = value.node();
            if (node.isObject() || (node.isString() && !node.stringValue().isBlank())) {
                return node;
            }
            value.wrongKind("a file with a JSON schema, or the schema itself");
            return null;
        }

        @Override
        public void describe(ObjectNode schema, boolean variables) {
            var forms = schema.putArray("anyOf");
            Kinds.text().describe(forms.addObject(), variables);
            forms.addObject().put("type", "object");
        }
    }
}
