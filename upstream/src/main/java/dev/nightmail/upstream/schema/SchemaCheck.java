package dev.nightmail.upstream.schema;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Whether a value satisfies a schema, by the keywords of draft 2020-12 that {@link SchemaSampler}
 * knows. Annotations, and {@code unevaluated…} beyond a plain {@code false}, are not looked at.
 */
final class SchemaCheck {

    private static final int DEPTH_MAX = 64;

    private final References references;

    SchemaCheck(References references) {
        this.references = references;
    }

    boolean accepts(JsonNode schema, JsonNode value) throws UnsatisfiableException {
        return accepts(schema, value, 0);
    }

    private boolean accepts(JsonNode schema, JsonNode value, int depth)
            throws UnsatisfiableException {
        if (depth > DEPTH_MAX) {
            throw new UnsatisfiableException("it refers to itself without end");
        }
        if (schema.isBoolean()) {
            return schema.booleanValue();
        }
        return acceptsReference(schema, value, depth)
                && acceptsType(schema.path("type"), value)
                && acceptsEnum(schema, value)
                && acceptsCombination(schema, value, depth)
                && acceptsNumber(schema, value)
                && acceptsString(schema, value)
                && acceptsArray(schema, value, depth)
                && acceptsObject(schema, value, depth);
    }

    private boolean acceptsReference(JsonNode schema, JsonNode value, int depth)
            throws UnsatisfiableException {
        var ref = schema.get("$ref");
        return ref == null || accepts(references.resolve(ref), value, depth + 1);
    }

    static boolean acceptsType(JsonNode type, JsonNode value) {
        if (type.isString()) {
            return isA(type.stringValue(), value);
        }
        if (!type.isArray()) {
            return true;
        }
        for (var one : type.values()) {
            if (one.isString() && isA(one.stringValue(), value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isA(String type, JsonNode value) {
        return switch (type) {
            case "null" -> value.isNull();
            case "boolean" -> value.isBoolean();
            case "string" -> value.isString();
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "number" -> value.isNumber();
            case "integer" ->
                    value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
            default -> false;
        };
    }

    private static boolean acceptsEnum(JsonNode schema, JsonNode value) {
        var constant = schema.get("const");
        if (constant != null && !same(constant, value)) {
            return false;
        }
        var values = schema.get("enum");
        return values == null || values.values().stream().anyMatch(one -> same(one, value));
    }

    /** Equality as JSON Schema has it: 1 and 1.0 are the same number. */
    static boolean same(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue()) == 0;
        }
        if (one.isArray() && other.isArray()) {
            if (one.size() != other.size()) {
                return false;
            }
            for (int i = 0; i < one.size(); i++) {
                if (!same(one.path(i), other.path(i))) {
                    return false;
                }
            }
            return true;
        }
        if (one.isObject() && other.isObject()) {
            if (one.size() != other.size()) {
                return false;
            }
            for (var property : one.properties()) {
                var counterpart = other.get(property.getKey());
                if (counterpart == null || !same(property.getValue(), counterpart)) {
                    return false;
                }
            }
            return true;
        }
        return one.equals(other);
    }

    private boolean acceptsCombination(JsonNode schema, JsonNode value, int depth)
            throws UnsatisfiableException {
        for (var part : schema.path("allOf").values()) {
            if (!accepts(part, value, depth + 1)) {
                return false;
            }
        }
        var anyOf = schema.get("anyOf");
        if (anyOf != null && accepting(anyOf, value, depth) == 0) {
            return false;
        }
        var oneOf = schema.get("oneOf");
        if (oneOf != null && accepting(oneOf, value, depth) != 1) {
            return false;
        }
        var not = schema.get("not");
        if (not != null && accepts(not, value, depth + 1)) {
            return false;
        }
        var condition = schema.get("if");
        if (condition == null) {
            return true;
        }
        var consequence = schema.get(accepts(condition, value, depth + 1) ? "then" : "else");
        return consequence == null || accepts(consequence, value, depth + 1);
    }

    private int accepting(JsonNode branches, JsonNode value, int depth)
            throws UnsatisfiableException {
        int accepting = 0;
        for (var branch : branches.values()) {
            if (accepts(branch, value, depth + 1)) {
                accepting++;
            }
        }
        return accepting;
    }

    private static boolean acceptsNumber(JsonNode schema, JsonNode value) {
        if (!value.isNumber()) {
            return true;
        }
        var number = value.decimalValue();
        return NumberBounds.of(schema).contains(number)
                && isMultiple(number, schema.get("multipleOf"));
    }

    private static boolean isMultiple(BigDecimal number, @Nullable JsonNode step) {
        if (step == null || !step.isNumber() || step.decimalValue().signum() <= 0) {
            return true;
        }
        return number.remainder(step.decimalValue()).signum() == 0;
    }

    private static boolean acceptsString(JsonNode schema, JsonNode value)
            throws UnsatisfiableException {
        if (!value.isString()) {
            return true;
        }
        String text = value.stringValue();
        int length = text.codePointCount(0, text.length());
        if (length < schema.path("minLength").asLong(0)
                || length > schema.path("maxLength").asLong(Long.MAX_VALUE)) {
            return false;
        }
        var pattern = schema.get("pattern");
        return (pattern == null
                        || !pattern.isString()
                        || Patterns.find(pattern.stringValue(), text))
                && Formats.accepts(schema.path("format").asString(""), text);
    }

    private boolean acceptsArray(JsonNode schema, JsonNode value, int depth)
            throws UnsatisfiableException {
        if (!value.isArray()) {
            return true;
        }
        if (value.size() < schema.path("minItems").asLong(0)
                || value.size() > schema.path("maxItems").asLong(Long.MAX_VALUE)) {
            return false;
        }
        var prefix = schema.path("prefixItems");
        for (int i = 0; i < value.size(); i++) {
            var item = i < prefix.size() ? prefix.path(i) : schema.get("items");
            if (item != null && !item.isArray() && !accepts(item, value.path(i), depth + 1)) {
                return false;
            }
        }
        if (schema.path("uniqueItems").asBoolean(false) && !distinct(List.copyOf(value.values()))) {
            return false;
        }
        var contains = schema.get("contains");
        if (contains == null) {
            return true;
        }
        long found = 0;
        for (var item : value.values()) {
            found += accepts(contains, item, depth + 1) ? 1 : 0;
        }
        return found >= schema.path("minContains").asLong(1)
                && found <= schema.path("maxContains").asLong(Long.MAX_VALUE);
    }

    private static boolean distinct(List<JsonNode> items) {
        for (int i = 0; i < items.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (same(items.get(i), items.get(j))) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean acceptsObject(JsonNode schema, JsonNode value, int depth)
            throws UnsatisfiableException {
        if (!value.isObject()) {
            return true;
        }
        if (value.size() < schema.path("minProperties").asLong(0)
                || value.size() > schema.path("maxProperties").asLong(Long.MAX_VALUE)
                || !hasAll(value, schema.path("required"))) {
            return false;
        }
        for (var dependency : schema.path("dependentRequired").properties()) {
            if (value.has(dependency.getKey()) && !hasAll(value, dependency.getValue())) {
                return false;
            }
        }
        for (var dependency : schema.path("dependentSchemas").properties()) {
            if (value.has(dependency.getKey())
                    && !accepts(dependency.getValue(), value, depth + 1)) {
                return false;
            }
        }
        return acceptsProperties(schema, value, depth);
    }

    private static boolean hasAll(JsonNode value, JsonNode names) {
        for (var name : names.values()) {
            if (name.isString() && !value.has(name.stringValue())) {
                return false;
            }
        }
        return true;
    }

    private boolean acceptsProperties(JsonNode schema, JsonNode value, int depth)
            throws UnsatisfiableException {
        var properties = schema.path("properties");
        var known = new HashSet<String>();
        for (var property : properties.properties()) {
            known.add(property.getKey());
            var member = value.get(property.getKey());
            if (member != null && !accepts(property.getValue(), member, depth + 1)) {
                return false;
            }
        }
        for (var pattern : schema.path("patternProperties").properties()) {
            for (var member : value.properties()) {
                if (Patterns.find(pattern.getKey(), member.getKey())) {
                    known.add(member.getKey());
                    if (!accepts(pattern.getValue(), member.getValue(), depth + 1)) {
                        return false;
                    }
                }
            }
        }
        var names = schema.get("propertyNames");
        var others = schema.get("additionalProperties");
        for (var member : value.properties()) {
            if (names != null && !accepts(names, StringNode.valueOf(member.getKey()), depth + 1)) {
                return false;
            }
            if (others != null
                    && !known.contains(member.getKey())
                    && !accepts(others, member.getValue(), depth + 1)) {
                return false;
            }
        }
        return true;
    }
}
