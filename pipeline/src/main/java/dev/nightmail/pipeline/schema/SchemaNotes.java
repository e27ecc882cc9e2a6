package dev.nightmail.pipeline.schema;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a JSON schema says to people and models, and no answer is held against. */
public final class SchemaNotes {

    private SchemaNotes() {}

    /** The schema without them; two that differ in notes only are the same then. */
    public static JsonNode without(JsonNode schema) {
        var bare = schema.deepCopy();
        strip(bare);
        return bare;
    }

    /**
     * Goes into schemas only: a property may be called {@code title}, and an enum hold anything.
     */
    private static void strip(JsonNode node) {
        if (node instanceof ObjectNode schema) {
            schema.remove(SchemaKeywords.NOTES);
            for (var keyword : SchemaKeywords.SCHEMAS) {
                strip(schema.path(keyword));
            }
            for (var group : SchemaKeywords.SCHEMAS_BY_NAME) {
                schema.path(group).values().forEach(SchemaNotes::strip);
            }
        } else if (node.isArray()) {
            node.values().forEach(SchemaNotes::strip);
        }
    }
}
