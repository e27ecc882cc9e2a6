package dev.nightmail.upstream.simulator;

import dev.nightmail.core.usage.Usage;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Messages as they travel. */
final class MessageJson {

    static final JsonFactory FACTORY = new JsonFactory();

    private MessageJson() {}

    /**
     * @param serviceTier {@code batch} or {@code standard}
     */
    static byte[] whole(Reply reply, String serviceTier) {
        var out = new ByteArrayOutputStream(1024);
        try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            writeMessage(json, reply, serviceTier);
        }
        return out.toByteArray();
    }

    private static void writeMessage(JsonGenerator json, Reply reply, String serviceTier) {
        json.writeStartObject();
        writeHead(json, reply);
        json.writeArrayPropertyStart("content");
        switch (reply.content()) {
            case Reply.Content.None _ -> {
                // An empty list.
            }
            case Reply.Content.Text(var text) -> writeTextBlock(json, text);
            case Reply.Content.ToolUse(var id, var name, var input) ->
                    writeToolUseBlock(json, id, name, input);
        }
        json.writeEndArray();
        writeStop(json, reply.stopReason(), reply.stopSequence());
        writeUsage(json, reply.usage(), reply.usage().output(), serviceTier);
        json.writeEndObject();
    }

    private static void writeHead(JsonGenerator json, Reply reply) {
        json.writeStringProperty("id", reply.id());
        json.writeStringProperty("type", "message");
        json.writeStringProperty("role", "assistant");
        json.writeStringProperty("model", reply.model());
    }

    private static void writeStop(
            JsonGenerator json, @Nullable String stopReason, @Nullable String stopSequence) {
        writeNullable(json, "stop_reason", stopReason);
        writeNullable(json, "stop_sequence", stopSequence);
        json.writeNullProperty("stop_details");
        json.writeNullProperty("container");
    }

    private static void writeNullable(JsonGenerator json, String name, @Nullable String value) {
        if (value == null) {
            json.writeNullProperty(name);
        } else {
            json.writeStringProperty(name, value);
        }
    }

    static void writeTextBlock(JsonGenerator json, String text) {
        json.writeStartObject();
        json.writeStringProperty("type", "text");
        json.writeStringProperty("text", text);
        json.writeNullProperty("citations");
        json.writeEndObject();
    }

    static void writeToolUseBlock(JsonGenerator json, String id, String name, String input) {
        json.writeStartObject();
        json.writeStringProperty("type", "tool_use");
        json.writeStringProperty("id", id);
        json.writeStringProperty("name", name);
        json.writeName("input");
        json.writeRawValue(input);
        json.writeObjectPropertyStart("caller");
        json.writeStringProperty("type", "direct");
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeUsage(
            JsonGenerator json, Usage usage, long output, String serviceTier) {
        json.writeObjectPropertyStart("usage");
        writeCounts(json, usage, output);
        json.writeObjectPropertyStart("cache_creation");
        json.writeNumberProperty("ephemeral_5m_input_tokens", usage.cacheCreation5m());
        json.writeNumberProperty("ephemeral_1h_input_tokens", usage.cacheCreation1h());
        json.writeEndObject();
        json.writeNullProperty("inference_geo");
        json.writeStringProperty("service_tier", serviceTier);
        json.writeEndObject();
    }

    private static void writeCounts(JsonGenerator json, Usage usage, long output) {
        json.writeNumberProperty("input_tokens", usage.input());
        json.writeNumberProperty(
                "cache_creation_input_tokens", usage.cacheCreation5m() + usage.cacheCreation1h());
        json.writeNumberProperty("cache_read_input_tokens", usage.cacheRead());
        json.writeNumberProperty("output_tokens", output);
        json.writeNullProperty("output_tokens_details");
        json.writeNullProperty("server_tool_use");
    }

    /** The message of {@code message_start}: nothing written yet, nothing decided. */
    static void writeBeginning(JsonGenerator json, Reply reply, String serviceTier) {
        json.writeStartObject();
        writeHead(json, reply);
        json.writeArrayPropertyStart("content");
        json.writeEndArray();
        writeStop(json, null, null);
        writeUsage(json, reply.usage(), Math.min(1, reply.usage().output()), serviceTier);
        json.writeEndObject();
    }

    /** The body of {@code message_delta}: why it stopped, and all counts so far. */
    static void writeEnding(JsonGenerator json, Reply reply) {
        json.writeObjectPropertyStart("delta");
        writeNullable(json, "stop_reason", reply.stopReason());
        writeNullable(json, "stop_sequence", reply.stopSequence());
        json.writeNullProperty("container");
        json.writeNullProperty("stop_details");
        json.writeEndObject();
        json.writeObjectPropertyStart("usage");
        writeCounts(json, reply.usage(), reply.usage().output());
        json.writeEndObject();
    }
}
