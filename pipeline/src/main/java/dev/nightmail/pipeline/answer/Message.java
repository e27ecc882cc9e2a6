package dev.nightmail.pipeline.answer;

import dev.nightmail.pipeline.cost.Usage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What we act on of a model's message.
 *
 * @param text all text blocks, one after the other
 * @param toolInput input of the tool call, or a list of the inputs if there were several; null
 *     without any
 */
public record Message(
        String text, @Nullable JsonNode toolInput, String stopReason, String model, Usage usage) {

    static Message of(JsonNode json) {
        var text = new StringBuilder();
        var inputs = JsonNodeFactory.instance.arrayNode();
        for (var block : json.path("content").values()) {
            switch (block.path("type").asString("")) {
                case "text" -> text.append(block.path("text").asString(""));
                case "tool_use" -> inputs.add(block.path("input"));
                default -> {}
            }
        }
        return new Message(
                text.toString(),
                inputs.isEmpty() ? null : inputs.size() == 1 ? inputs.get(0) : inputs,
                json.path("stop_reason").asString(""),
                json.path("model").asString(""),
                usage(json.path("usage")));
    }

    private static Usage usage(JsonNode usage) {
        var creation = usage.path("cache_creation");
        var written5m = tokens(creation, "ephemeral_5m_input_tokens");
        var written1h = tokens(creation, "ephemeral_1h_input_tokens");
        // Some tell the sum only, some the breakdown too. What no ttl is told of had the default
        // one, five minutes.
        var untold =
                Math.max(0, tokens(usage, "cache_creation_input_tokens") - written5m - written1h);
        return new Usage(
                tokens(usage, "input_tokens"),
                tokens(usage, "output_tokens"),
                written5m + untold,
                written1h,
                tokens(usage, "cache_read_input_tokens"));
    }

    private static long tokens(JsonNode usage, String field) {
        return Math.max(0, usage.path(field).asLong(0));
    }
}
