package dev.nightmail.pipeline.schema;

import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON schema as Claude's structured output takes it. The service refuses bounds, patterns and
 * open objects; the official SDKs write them into the description, where a model may heed them, and
 * check them afterwards, and so does a pipeline. Source: the service's page on structured outputs.
 *
 * <p>An object of any properties cannot be said there at all. Such a schema stays as it is, and the
 * free calls before a run tell its author that it is refused, which is better than answers that may
 * only be empty.
 */
public final class KeptSchema {

    private static final Set<String> KEPT =
            Set.of(
                    "type",
                    "enum",
                    "const",
                    "$ref",
                    "$defs",
                    "definitions",
                    "anyOf",
                    "allOf",
                    "properties",
                    "required",
                    "additionalProperties",
                    "items",
                    "title",
                    "description",
                    "default");

    private static final Set<String> FORMATS =
            Set.of(
                    "date-time",
                    "time",
                    "date",
                    "duration",
                    "email",
                    "hostname",
                    "uri",
                    "ipv4",
                    "ipv6",
                    "uuid");

    /** Words to readers of the schema, which say nothing of an answer. */
    private static final List<String> DROPPED =
            List.of("$schema", "$id", "id", "$comment", "deprecated", "readOnly", "writeOnly");

    private KeptSchema() {}

    /** The schema as it is sent. */
    public static JsonNode of(JsonNode schema) {
        var kept = schema.deepCopy();
        return keep(kept) ? kept : schema;
    }

    /**
     * @return whether it could be said
     */
    private static boolean keep(JsonNode node) {
        if (node.isArray()) {
            return node.values().stream().allMatch(KeptSchema::keep);
        }
        if (!(node instanceof ObjectNode schema)) {
            // true and false are schemas too.
            return false;
        }
        schema.remove(DROPPED);
        if (schema.has("oneOf") && !schema.has("anyOf")) {
            schema.set("anyOf", schema.remove("oneOf"));
        }
        if (isObject(schema) && !close(schema)) {
            return false;
        }
        describeRest(schema);
        for (var keyword : List.of("items", "anyOf", "allOf")) {
            if (schema.has(keyword) && !keep(schema.path(keyword))) {
                return false;
            }
        }
        for (var group : List.of("properties", "$defs", "definitions")) {
            if (!schema.path(group).values().stream().allMatch(KeptSchema::keep)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isObject(ObjectNode schema) {
        var type = schema.path("type");
        return schema.has("properties")
                || type.asString("").equals("object")
                || type.values().stream().anyMatch(one -> one.asString("").equals("object"));
    }

    /** Leaves no room for properties that the schema does not name; false if it names none. */
    private static boolean close(ObjectNode schema) {
        var others = schema.path("additionalProperties");
        if (others.isObject() || (schema.path("properties").isEmpty() && !others.isBoolean())) {
            return false;
        }
        schema.put("additionalProperties", false);
        return true;
    }

    private static void describeRest(ObjectNode schema) {
        var rest = JsonMapper.shared().createObjectNode();
        for (var keyword : List.copyOf(schema.propertyNames())) {
            if (!isKept(keyword, schema.path(keyword))) {
                rest.set(keyword, schema.remove(keyword));
            }
        }
        if (!rest.isEmpty()) {
            var said = schema.path("description").asString("");
            schema.put(
                    "description", said + (said.isEmpty() ? "" : "\n\n") + "Must satisfy " + rest);
        }
    }

    private static boolean isKept(String keyword, JsonNode value) {
        return switch (keyword) {
            case "format" -> FORMATS.contains(value.asString(""));
            case "minItems" -> value.isInt() && value.intValue() <= 1;
            default -> KEPT.contains(keyword);
        };
    }
}
