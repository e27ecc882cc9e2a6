package dev.nightmail.upstream.openai;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts the events of a Message together as a client does, and insists on their order. */
final class AccumulatedMessage {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final List<StringBuilder> inputs = new ArrayList<>();
    private ObjectNode message = JSON.createObjectNode();
    private boolean begun;
    private boolean open;
    private boolean over;

    /**
     * @param events as they travel
     */
    static JsonNode of(String events) {
        var accumulated = new AccumulatedMessage();
        for (var event : events.split("\n\n", -1)) {
            if (!event.isEmpty()) {
                accumulated.add(event);
            }
        }
        if (!accumulated.over) {
            throw new AssertionError("the events end without message_stop");
        }
        return accumulated.message;
    }

    private void add(String event) {
        var lines = event.lines().toList();
        var name = lines.get(0).substring("event: ".length());
        var data = JSON.readTree(lines.get(1).substring("data: ".length()));
        expect(lines.size() == 2 && data.path("type").asString().equals(name), event);
        expect(!over, event);
        switch (name) {
            case "message_start" -> {
                expect(!begun, event);
                begun = true;
                message = (ObjectNode) data.path("message");
            }
            case "ping" -> expect(begun, event);
            case "content_block_start" -> {
                expect(begun && !open && index(data) == content().size(), event);
                open = true;
                content().add(data.path("content_block"));
                inputs.add(new StringBuilder());
            }
            case "content_block_delta" -> {
                expect(open && index(data) == content().size() - 1, event);
                delta((ObjectNode) content().get(index(data)), data.path("delta"), event);
            }
            case "content_block_stop" -> {
                expect(open && index(data) == content().size() - 1, event);
                open = false;
                var input = inputs.getLast().toString();
                if (!input.isEmpty()) {
                    ((ObjectNode) content().get(index(data))).set("input", JSON.readTree(input));
                }
            }
            case "message_delta" -> {
                expect(begun && !open, event);
                data.path("delta")
                        .properties()
                        .forEach(field -> message.set(field.getKey(), field.getValue()));
                data.path("usage")
                        .properties()
                        .forEach(field ->
                                ((ObjectNode) message.path("usage"))
                                        .set(field.getKey(), field.getValue()));
            }
            case "message_stop" -> {
                expect(begun && !open, event);
                over = true;
            }
            default -> throw new AssertionError(event);
        }
    }

    private void delta(ObjectNode block, JsonNode delta, String event) {
        switch (delta.path("type").asString()) {
            case "text_delta" -> append(block, "text", delta);
            case "thinking_delta" -> append(block, "thinking", delta);
            case "signature_delta" -> append(block, "signature", delta);
            case "input_json_delta" ->
                    inputs.getLast().append(delta.path("partial_json").asString());
            default -> throw new AssertionError(event);
        }
    }

    private static void append(ObjectNode block, String field, JsonNode delta) {
        block.put(field, block.path(field).asString() + delta.path(field).asString());
    }

    private ArrayNode content() {
        return (ArrayNode) message.path("content");
    }

    private static int index(JsonNode data) {
        return data.path("index").asInt();
    }

    private static void expect(boolean holds, String event) {
        if (!holds) {
            throw new AssertionError("out of order: " + event);
        }
    }
}
