package dev.nightmail.upstream.simulator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What kind of answer a request asks for. */
sealed interface Shape {

    record Text() implements Shape {}

    record Json(JsonNode schema) implements Shape {}

    /**
     * @param schema null for the tools whose input the service itself defines
     */
    record Tool(String name, @Nullable JsonNode schema) implements Shape {}

    /**
     * @param hash of the request, by which one of several tools is taken
     */
    static Shape of(JsonNode params, long hash) {
        var choice = params.path("tool_choice");
        String type = choice.path("type").asString("");
        var tools = params.path("tools");
        if (type.equals("tool")) {
            String name = choice.path("name").stringValue();
            for (var tool : tools.values()) {
                if (tool.path("name").asString("").equals(name)) {
                    return new Tool(name, tool.get("input_schema"));
                }
            }
        }
        if (type.equals("any") && !tools.isEmpty()) {
            var tool = tools.path((int) Math.floorMod(hash, (long) tools.size()));
            return new Tool(tool.path("name").asString("tool"), tool.get("input_schema"));
        }
        var schema = schemaOf(params);
        if (schema == null && type.isEmpty()) {
            schema = JsonWish.schema(params);
        }
        return schema == null ? new Text() : new Json(schema);
    }

    /** The schema an answer is to satisfy, by the field of today or the one of the beta. */
    static @Nullable JsonNode schemaOf(JsonNode params) {
        var schema = params.path("output_config").path("format").get("schema");
        return schema != null ? schema : params.path("output_format").get("schema");
    }
}
