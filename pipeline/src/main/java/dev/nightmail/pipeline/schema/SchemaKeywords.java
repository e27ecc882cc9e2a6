package dev.nightmail.pipeline.schema;

import dev.nightmail.config.yaml.Spelling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Finds what a JSON schema says without effect: a keyword misspelt is passed over by every reader,
 * and every answer would be paid for before anybody knew.
 */
final class SchemaKeywords {

    /** Keywords behind which schemas stand: one, or a list of them. */
    static final List<String> SCHEMAS =
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

    /** Keywords behind which schemas stand, each behind a name of its author's. */
    static final List<String> SCHEMAS_BY_NAME =
            List.of("properties", "patternProperties", "dependentSchemas", "$defs", "definitions");

    /** Keywords that can refuse a value, in the order in which one is guessed. */
    private static final Set<String> CONSTRAINTS = constraints();

    /** Words to people and models. */
    static final List<String> NOTES =
            List.of(
                    "$comment",
                    "title",
                    "description",
                    "default",
                    "examples",
                    "example",
                    "deprecated",
                    "readOnly",
                    "writeOnly");

    /** Keywords that say something else than {@link #NOTES}, those of OpenAPI included. */
    private static final Set<String> ANNOTATIONS =
            Set.of(
                    "$schema",
                    "$id",
                    "$anchor",
                    "$dynamicAnchor",
                    "$recursiveAnchor",
                    "$defs",
                    "$vocabulary",
                    "id",
                    "definitions",
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

    private SchemaKeywords() {}

    private static Set<String> constraints() {
        var constraints = new LinkedHashSet<>(SCHEMAS);
        constraints.addAll(
                List.of(
                        "type",
                        "enum",
                        "const",
                        "$ref",
                        "$dynamicRef",
                        "$recursiveRef",
                        "properties",
                        "patternProperties",
                        "dependentSchemas",
                        "dependentRequired",
                        "dependencies",
                        "required",
                        "minProperties",
                        "maxProperties",
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
                        "pattern"));
        return Collections.unmodifiableSet(constraints);
    }

    /** What is wrong with a schema that is valid, a sentence each; empty if nothing is. */
    static List<String> complaints(JsonNode schema) {
        if (schema.propertyNames().stream().noneMatch(CONSTRAINTS::contains)) {
            return List.of(
                    "constrains nothing, so any JSON would do"
                            + (schema.path("schema").isObject()
                                    ? ": write what stands under \"schema\" there, without the wrapper"
                                    : ": give it a \"type\""));
        }
        var complaints = new ArrayList<String>();
        addMisspelt(schema, "", complaints);
        return complaints;
    }

    private static void addMisspelt(JsonNode schema, String place, List<String> complaints) {
        for (var keyword : schema.propertyNames()) {
            if (!CONSTRAINTS.contains(keyword)
                    && !NOTES.contains(keyword)
                    && !ANNOTATIONS.contains(keyword)) {
                Spelling.nearest(keyword, CONSTRAINTS)
                        .ifPresent(meant ->
                                complaints.add(
                                        place
                                                + "/"
                                                + keyword
                                                + " is no keyword: did you mean "
                                                + meant
                                                + "?"));
            }
        }
        for (var group : SCHEMAS_BY_NAME) {
            for (var member : schema.path(group).properties()) {
                addMisspelt(
                        member.getValue(), place + "/" + group + "/" + member.getKey(), complaints);
            }
        }
        for (var keyword : SCHEMAS) {
            addMisspeltIn(schema.path(keyword), place + "/" + keyword, complaints);
        }
    }

    private static void addMisspeltIn(JsonNode node, String place, List<String> complaints) {
        if (node.isObject()) {
            addMisspelt(node, place, complaints);
        }
        for (int index = 0; node.isArray() && index < node.size(); index++) {
            addMisspeltIn(node.path(index), place + "/" + index, complaints);
        }
    }
}
