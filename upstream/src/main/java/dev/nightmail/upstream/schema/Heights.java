package dev.nightmail.upstream.schema;

import java.util.IdentityHashMap;
import tools.jackson.databind.JsonNode;

/**
 * How deep the shallowest value of a schema is: by this a recursive schema finds its way to an end.
 */
final class Heights {

    /** Stands for "without end", and for a schema still being looked at. */
    static final int ENDLESS = 1000;

    private final References references;
    private final IdentityHashMap<JsonNode, Integer> known = new IdentityHashMap<>();

    Heights(References references) {
        this.references = references;
    }

    int of(JsonNode schema) {
        var found = known.get(schema);
        if (found != null) {
            return found;
        }
        known.put(schema, ENDLESS);
        int height = Math.min(ENDLESS, measure(schema));
        known.put(schema, height);
        return height;
    }

    private int measure(JsonNode schema) {
        if (!schema.isObject() || schema.has("const") || schema.has("enum")) {
            return 0;
        }
        int height = 0;
        var ref = schema.get("$ref");
        if (ref != null) {
            try {
                height = of(references.resolve(ref));
            } catch (UnsatisfiableException _) {
                return ENDLESS;
            }
        }
        for (var part : schema.path("allOf").values()) {
            height = Math.max(height, of(part));
        }
        height = Math.max(height, lowest(schema.path("anyOf")));
        height = Math.max(height, lowest(schema.path("oneOf")));
        for (var name : schema.path("required").values()) {
            var property = schema.path("properties").get(name.asString(""));
            height = Math.max(height, 1 + (property == null ? 0 : of(property)));
        }
        if (schema.path("minItems").asLong(0) > 0 && schema.has("items")) {
            height = Math.max(height, 1 + of(schema.path("items")));
        }
        return height;
    }

    private int lowest(JsonNode branches) {
        if (branches.isEmpty()) {
            return 0;
        }
        int lowest = ENDLESS;
        for (var branch : branches.values()) {
            lowest = Math.min(lowest, of(branch));
        }
        return lowest;
    }
}
