package dev.nightmail.pipeline.sink;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Which type of column holds what a schema allows. A value that may be null is still of its type.
 */
final class SchemaTypes {

    /** A schema that refers to itself has no plain type. */
    private static final int DEPTH_MAX = 16;

    private final JsonNode root;

    SchemaTypes(JsonNode root) {
        this.root = root;
    }

    Columns.Type of(JsonNode schema) {
        var types = types(schema, 0);
        if (types.equals(EnumSet.of(Columns.Type.WHOLE_NUMBER, Columns.Type.NUMBER))) {
            return Columns.Type.NUMBER;
        }
        return types.size() == 1 ? types.iterator().next() : Columns.Type.JSON;
    }

    private Set<Columns.Type> types(JsonNode schema, int depth) {
        if (depth > DEPTH_MAX) {
            return EnumSet.of(Columns.Type.JSON);
        }
        if (schema.path("$ref").isString()) {
            return types(referred(schema.path("$ref").stringValue()), depth + 1);
        }
        if (schema.has("const")) {
            return typesOfValues(List.of(schema.path("const")));
        }
        if (schema.path("enum").isArray()) {
            return typesOfValues(List.copyOf(schema.path("enum").values()));
        }
        if (schema.has("type")) {
            return namedTypes(schema.path("type"));
        }
        for (var choice : List.of("anyOf", "oneOf")) {
            if (schema.path(choice).isArray()) {
                var types = EnumSet.noneOf(Columns.Type.class);
                schema.path(choice)
                        .values()
                        .forEach(member -> types.addAll(types(member, depth + 1)));
                return types;
            }
        }
        if (schema.path("allOf").size() == 1) {
            return types(schema.path("allOf").path(0), depth + 1);
        }
        return EnumSet.of(Columns.Type.JSON);
    }

    private JsonNode referred(String reference) {
        if (!reference.startsWith("#/")) {
            return MissingNode.getInstance();
        }
        try {
            return root.at(JsonPointer.compile(reference.substring(1)));
        } catch (IllegalArgumentException | JacksonException _) {
            return MissingNode.getInstance();
        }
    }

    private static Set<Columns.Type> namedTypes(JsonNode named) {
        var types = EnumSet.noneOf(Columns.Type.class);
        for (var name : named.isString() ? List.of(named) : List.copyOf(named.values())) {
            switch (name.asString("")) {
                case "null" -> {}
                case "string" -> types.add(Columns.Type.TEXT);
                case "integer" -> types.add(Columns.Type.WHOLE_NUMBER);
                case "number" -> types.add(Columns.Type.NUMBER);
                case "boolean" -> types.add(Columns.Type.TRUTH);
                default -> types.add(Columns.Type.JSON);
            }
        }
        return types;
    }

    private static Set<Columns.Type> typesOfValues(List<JsonNode> values) {
        var types = EnumSet.noneOf(Columns.Type.class);
        for (var value : values) {
            switch (value.getNodeType()) {
                case NULL, MISSING -> {}
                case STRING -> types.add(Columns.Type.TEXT);
                case BOOLEAN -> types.add(Columns.Type.TRUTH);
                case NUMBER ->
                        types.add(
                                value.isIntegralNumber()
                                        ? Columns.Type.WHOLE_NUMBER
                                        : Columns.Type.NUMBER);
                case ARRAY, OBJECT, BINARY, POJO -> types.add(Columns.Type.JSON);
            }
        }
        return types;
    }
}
