package dev.nightmail.upstream.schema;

import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a schema says in a description, since structured output takes no bounds and patterns: a
 * model reads it, and so does who stands in for one. The official SDKs and pipelines end the
 * description with a paragraph such as {@code {minimum: 0, maximum: 9}} or {@code Must satisfy
 * {"minimum":0}}.
 */
final class Described {

    private static final JsonMapper LENIENT =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES).build();

    private static final String INTRODUCTION = "Must satisfy ";

    /** Others may be examples of an answer. */
    private static final Set<String> HEEDED =
            Set.of(
                    "minimum",
                    "maximum",
                    "exclusiveMinimum",
                    "exclusiveMaximum",
                    "multipleOf",
                    "minLength",
                    "maxLength",
                    "pattern",
                    "format",
                    "minItems",
                    "maxItems",
                    "uniqueItems",
                    "contains",
                    "minProperties",
                    "maxProperties",
                    "not");

    private Described() {}

    /** The schema with what its descriptions say; empty if they say nothing. */
    static Optional<JsonNode> heeded(JsonNode schema) {
        if (!saysAny(schema)) {
            return Optional.empty();
        }
        var heeded = schema.deepCopy();
        heed(heeded);
        return Optional.of(heeded);
    }

    private static boolean saysAny(JsonNode node) {
        return paragraph(node).endsWith("}") || node.values().stream().anyMatch(Described::saysAny);
    }

    private static void heed(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (var said : rules(paragraph(node)).properties()) {
                if (HEEDED.contains(said.getKey()) && !object.has(said.getKey())) {
                    object.set(said.getKey(), said.getValue());
                }
            }
        }
        node.values().forEach(Described::heed);
    }

    /** The last of the description; empty if there is none. */
    private static String paragraph(JsonNode node) {
        var description = node.path("description").asString("").strip();
        var last = description.substring(description.lastIndexOf('\n') + 1);
        return last.startsWith(INTRODUCTION) ? last.substring(INTRODUCTION.length()) : last;
    }

    private static JsonNode rules(String paragraph) {
        if (!paragraph.startsWith("{")) {
            return LENIENT.createObjectNode();
        }
        try {
            return LENIENT.readTree(paragraph);
        } catch (JacksonException _) {
            return LENIENT.createObjectNode();
        }
    }
}
