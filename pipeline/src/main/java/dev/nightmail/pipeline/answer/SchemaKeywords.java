package dev.nightmail.pipeline.answer;

import dev.nightmail.pipeline.yaml.Spelling;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Finds what a JSON schema says without effect: a keyword misspelt is passed over by every reader,
 * and every answer would be paid for before anybody knew.
 */
final class SchemaKeywords {

    /** Keywords that can refuse a value. */
    private static final Set<String> CONSTRAINTS =
            Set.of(
                    "type",
                    "enum",
                    "const",
                    "$ref",
                    "$dynamicRef",
                    "$recursiveRef",
                    "anyOf",
                    "oneOf",
                    "allOf",
                    "not",
                    "if",
                    "then",
                    "else",
                    "dependentSchemas",
                    "dependentRequired",
                    "dependencies",
                    "properties",
                    "patternProperties",
                    "additionalProperties",
                    "unevaluatedProperties",
                    "propertyNames",
                    "required",
                    "minProperties",
                    "maxProperties",
                    "items",
                    "prefixItems",
                    "additionalItems",
                    "unevaluatedItems",
                    "contains",
                    "minContains",
                    "maxContains",
                    "minItems",
                    "maxItems",
                    "uniqueItems",
                    "minimum",
                    "maximum",
                    "exclusiveMinimum",
                    "exclusiveMaximum",
                    "multipleOf",
                    "minLength",
                    "maxLength",
                    "pattern");

    /** Keywords that say something else, those of OpenAPI included. */
    private static final Set<String> ANNOTATIONS =
            Set.of(
                    "$schema",
                    "$id",
                    "$anchor",
                    "$dynamicAnchor",
                    "$recursiveAnchor",
                    "$defs",
                    "$comment",
                    "$vocabulary",
                    "id",
                    "definitions",
                    "title",
                    "description",
                    "default",
                    "examples",
                    "example",
                    "deprecated",
                    "readOnly",
                    "writeOnly",
                    "format",
                    "contentEncoding",
                    "contentMediaType",
                    "contentSchema",
                    "nullable",
                    "discriminator",
                    "externalDocs",
                    "xml",
                    "name",
                    "strict",
                    "schema");

    private static final Set<String> SCHEMAS_BY_NAME =
            Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");

    private static final List<String> SCHEMAS =
            List.of(
                    "items",
                    "prefixItems",
                    "additionalItems",
                    "unevaluatedItems",
                    "contains",
                    "additionalProperties",
                    "unevaluatedProperties",
                    "propertyNames",
                    "anyOf",
                    "oneOf",
                    "allOf",
                    "not",
                    "if",
                    "then",
                    "else");

    private SchemaKeywords() {}

    /** What is wrong with a schema that is valid; empty if nothing is. */
    static Optional<String> complaint(JsonNode schema) {
        if (schema.propertyNames().stream().noneMatch(CONSTRAINTS::contains)) {
            return Optional.of(
                    "constrains nothing, so any JSON would do"
                            + (schema.path("schema").isObject()
                                    ? ": write what stands under \"schema\" there, without the wrapper"
                                    : ": give it a \"type\""));
        }
        return misspelt(schema, "");
    }

    private static Optional<String> misspelt(JsonNode schema, String place) {
        for (var keyword : schema.propertyNames()) {
            if (!CONSTRAINTS.contains(keyword) && !ANNOTATIONS.contains(keyword)) {
                var meant = Spelling.nearest(keyword, CONSTRAINTS);
                if (meant.isPresent()) {
                    return Optional.of(
                            place
                                    + "/"
                                    + keyword
                                    + " is no keyword: did you mean "
                                    + meant.get()
                                    + "?");
                }
            }
        }
        for (var group : SCHEMAS_BY_NAME) {
            for (var member : schema.path(group).properties()) {
                var found =
                        misspelt(member.getValue(), place + "/" + group + "/" + member.getKey());
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        for (var keyword : SCHEMAS) {
            var found = misspeltIn(schema.path(keyword), place + "/" + keyword);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> misspeltIn(JsonNode node, String place) {
        if (node.isObject()) {
            return misspelt(node, place);
        }
        for (int index = 0; node.isArray() && index < node.size(); index++) {
            var found = misspeltIn(node.path(index), place + "/" + index);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
