package dev.nightmail.upstream.schema;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes one schema out of several that hold at once. */
final class Merging {

    private static final int REFERENCES_MAX = 64;

    private final References references;

    Merging(References references) {
        this.references = references;
    }

    /** The schema with its {@code $ref} and {@code allOf} dissolved, at this level. */
    ObjectNode flat(JsonNode schema) throws UnsatisfiableException {
        return flat(schema, 0);
    }

    private ObjectNode flat(JsonNode schema, int followed) throws UnsatisfiableException {
        if (followed > REFERENCES_MAX) {
            throw new UnsatisfiableException("it refers to itself without end");
        }
        if (!(schema instanceof ObjectNode object)) {
            if (schema instanceof BooleanNode && !schema.booleanValue()) {
                throw new UnsatisfiableException("a part of it is false");
            }
            return JsonNodeFactory.instance.objectNode();
        }
        if (!object.has("$ref") && !object.has("allOf")) {
            return object;
        }
        var parts = new ArrayList<JsonNode>();
        var ref = object.get("$ref");
        if (ref != null) {
            parts.add(references.resolve(ref));
        }
        parts.addAll(object.path("allOf").values());
        var merged = object.deepCopy();
        merged.remove("$ref");
        merged.remove("allOf");
        for (var part : parts) {
            merged = merge(merged, flat(part, followed + 1));
        }
        return merged.has("$ref") || merged.has("allOf") ? flat(merged, followed + 1) : merged;
    }

    /** A schema whose condition is taken to hold, or not to. */
    ObjectNode conditional(ObjectNode schema, boolean holds) throws UnsatisfiableException {
        var rest = schema.deepCopy();
        var condition = rest.remove("if");
        var then = rest.remove("then");
        var otherwise = rest.remove("else");
        if (!holds) {
            return otherwise == null ? rest : merge(rest, otherwise);
        }
        var met = merge(rest, condition);
        return then == null ? met : merge(met, then);
    }

    /** A schema that asks for what both ask for. */
    ObjectNode merge(JsonNode one, JsonNode other) throws UnsatisfiableException {
        var merged = flat(one).deepCopy();
        var added = flat(other);
        for (var keyword : added.properties()) {
            String name = keyword.getKey();
            var value = keyword.getValue();
            var present = merged.get(name);
            if (present == null || present.equals(value)) {
                merged.set(name, value);
            } else {
                mergeKeyword(merged, name, present, value);
            }
        }
        closeAdditional(merged, flat(one), added);
        return merged;
    }

    private void mergeKeyword(ObjectNode merged, String name, JsonNode one, JsonNode other)
            throws UnsatisfiableException {
        switch (name) {
            case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas" ->
                    merged.set(name, mergedMembers(one, other));
            case "required" -> merged.set(name, union(one, other));
            case "minimum",
                    "exclusiveMinimum",
                    "minLength",
                    "minItems",
                    "minProperties",
                    "minContains" ->
                    merged.set(name, larger(one, other) ? one : other);
            case "maximum",
                    "exclusiveMaximum",
                    "maxLength",
                    "maxItems",
                    "maxProperties",
                    "maxContains" ->
                    merged.set(name, larger(one, other) ? other : one);
            case "enum" -> merged.set(name, intersection(one, other));
            case "type" -> merged.set(name, commonType(one, other));
            case "items", "additionalProperties", "propertyNames", "contains" ->
                    merged.set(name, both(one, other));
            case "anyOf", "oneOf", "not", "if", "then", "else", "const", "multipleOf", "pattern" ->
                    // Two of a kind: the first is grown, the final check asks for both.
                    merged.set(name, one);
            default -> merged.set(name, other);
        }
    }

    private JsonNode both(JsonNode one, JsonNode other) throws UnsatisfiableException {
        if (one.isBoolean()) {
            return one.booleanValue() ? other : one;
        }
        if (other.isBoolean()) {
            return other.booleanValue() ? one : other;
        }
        var all = JsonNodeFactory.instance.objectNode();
        all.putArray("allOf").add(one).add(other);
        return all;
    }

    private ObjectNode mergedMembers(JsonNode one, JsonNode other) throws UnsatisfiableException {
        var members = JsonNodeFactory.instance.objectNode();
        for (var member : one.properties()) {
            var counterpart = other.get(member.getKey());
            members.set(
                    member.getKey(),
                    counterpart == null || counterpart.equals(member.getValue())
                            ? member.getValue()
                            : both(member.getValue(), counterpart));
        }
        for (var member : other.properties()) {
            if (!members.has(member.getKey())) {
                members.set(member.getKey(), member.getValue());
            }
        }
        return members;
    }

    /** What one part does not name, and forbids, the other part must not bring in. */
    private static void closeAdditional(ObjectNode merged, JsonNode one, JsonNode other) {
        var properties = merged.get("properties");
        if (!(properties instanceof ObjectNode members)) {
            return;
        }
        var kept = members.deepCopy();
        for (var name : members.propertyNames()) {
            if (forbids(one, name) || forbids(other, name)) {
                kept.set(name, BooleanNode.FALSE);
            }
        }
        merged.set("properties", kept);
    }

    private static boolean forbids(JsonNode schema, String property) {
        return schema.path("additionalProperties").isBoolean()
                && !schema.path("additionalProperties").booleanValue()
                && !schema.path("properties").has(property)
                && !schema.has("patternProperties");
    }

    private static JsonNode union(JsonNode one, JsonNode other) {
        var union = JsonNodeFactory.instance.arrayNode();
        one.values().forEach(union::add);
        for (var value : other.values()) {
            if (!one.values().contains(value)) {
                union.add(value);
            }
        }
        return union;
    }

    private static JsonNode intersection(JsonNode one, JsonNode other) {
        var common = JsonNodeFactory.instance.arrayNode();
        for (var value : one.values()) {
            if (other.values().stream().anyMatch(candidate -> SchemaCheck.same(candidate, value))) {
                common.add(value);
            }
        }
        return common;
    }

    private static boolean larger(JsonNode one, JsonNode other) {
        return one.isNumber()
                && other.isNumber()
                && one.decimalValue().compareTo(other.decimalValue()) > 0;
    }

    private static JsonNode commonType(JsonNode one, JsonNode other) throws UnsatisfiableException {
        var common = JsonNodeFactory.instance.arrayNode();
        for (var type : listed(one)) {
            for (var candidate : listed(other)) {
                if (type.equals(candidate)) {
                    common.add(type);
                } else if (isNumeric(type) && isNumeric(candidate)) {
                    common.add("integer");
                }
            }
        }
        if (common.isEmpty()) {
            throw new UnsatisfiableException("two of its parts ask for different types");
        }
        return common.size() == 1 ? common.get(0) : common;
    }

    private static boolean isNumeric(String type) {
        return type.equals("integer") || type.equals("number");
    }

    private static List<String> listed(JsonNode type) {
        var types = new ArrayList<String>();
        if (type.isArray()) {
            type.values().forEach(one -> types.add(one.asString("")));
        } else {
            types.add(type.asString(""));
        }
        return types;
    }
}
