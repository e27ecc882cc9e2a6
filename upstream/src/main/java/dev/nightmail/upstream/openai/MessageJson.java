package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The parts of a Message that a whole one and a streamed one have in common. */
final class MessageJson {

    private static final String COMPLETION = "chatcmpl-";

    private MessageJson() {}

    /**
     * The server's own id, made to look like that of a Message.
     *
     * @param ids for a server that gives none
     */
    static String id(RawJson.@Nullable Text id, RandomGenerator ids) {
        if (id == null || id.isEmpty()) {
            return "msg_%016x%016x".formatted(ids.nextLong(), ids.nextLong());
        }
        String value = id.value();
        return "msg_"
                + (value.startsWith(COMPLETION) ? value.substring(COMPLETION.length()) : value);
    }

    /** The id of a call whose server gives it none: a result has to name it later. */
    static String toolUseId(String messageId, int number) {
        return "toolu_" + messageId.substring("msg_".length()) + "_" + number;
    }

    static void writeHead(JsonWriter out, String id, RawJson.Text model) {
        out.name("id").value(id);
        out.name("type").value("message");
        out.name("role").value("assistant");
        out.name("model").value(model);
    }

    /** A text block out of pieces; out of none, one that is still to be filled. */
    static void writeTextBlock(JsonWriter out, List<RawJson.Text> pieces) {
        out.beginObject();
        out.name("type").value("text");
        out.name("text");
        writeJoined(out, pieces);
        out.name("citations").nothing();
        out.endObject();
    }

    /** Nothing is signed there: the signature, which a client sends back unread, is empty. */
    static void writeThinkingBlock(JsonWriter out, List<RawJson.Text> pieces) {
        out.beginObject();
        out.name("type").value("thinking");
        out.name("thinking");
        writeJoined(out, pieces);
        out.name("signature").value("");
        out.endObject();
    }

    private static void writeJoined(JsonWriter out, List<RawJson.Text> pieces) {
        out.beginText();
        pieces.forEach(out::text);
        out.endText();
    }

    /** A tool_use block up to its input, whose value is to follow. */
    static void beginToolUseBlock(JsonWriter out, String id, String name) {
        out.beginObject();
        out.name("type").value("tool_use");
        out.name("id").value(id);
        out.name("name").value(name);
        out.name("input");
    }

    static void endToolUseBlock(JsonWriter out) {
        out.name("caller").beginObject();
        out.name("type").value("direct").endObject();
        out.endObject();
    }

    /**
     * The input of a tool. What is no JSON object is not thrown away, since it is paid for: it is
     * wrapped as the documentation of the Messages API proposes for such input.
     *
     * @param arguments JSON in a string, or the JSON itself
     */
    static void writeInput(JsonWriter out, @Nullable RawJson arguments) {
        switch (arguments) {
            case null -> writeNoInput(out);
            case RawJson.Members object -> out.value(object);
            case RawJson.Text text -> {
                String value = text.value();
                if (value.isBlank()) {
                    writeNoInput(out);
                    return;
                }
                switch (RawJson.parse(value.getBytes(UTF_8)).orElse(null)) {
                    case RawJson.Members object -> out.value(object);
                    // How a model says that there is nothing to say.
                    case RawJson.Null _ -> writeNoInput(out);
                    case null, default -> writeInvalid(out, text);
                }
            }
            case RawJson.Null _ -> writeNoInput(out);
            case RawJson other -> writeInvalid(out, other);
        }
    }

    private static void writeNoInput(JsonWriter out) {
        out.beginObject().endObject();
    }

    private static void writeInvalid(JsonWriter out, RawJson value) {
        out.beginObject();
        out.name("INVALID_JSON").value(value);
        out.endObject();
    }

    /** A string that is written into. */
    static RawJson.Text text(Consumer<JsonWriter> content) {
        var out = new JsonWriter(256).beginText();
        content.accept(out);
        if (RawJson.parse(out.endText().toByteArray()).orElse(null) instanceof RawJson.Text text) {
            return text;
        }
        throw new IllegalStateException("a string that is none");
    }

    /** One string out of several. */
    static RawJson.Text joined(List<? extends RawJson> pieces) {
        return text(out -> {
            for (var piece : pieces) {
                if (piece instanceof RawJson.Text text) {
                    out.text(text);
                }
            }
        });
    }

    static void writeUsage(JsonWriter out, ChatUsage usage, String serviceTier) {
        out.name("usage").beginObject();
        writeCounts(out, usage);
        out.name("cache_creation").beginObject();
        out.name("ephemeral_5m_input_tokens").value(0);
        out.name("ephemeral_1h_input_tokens").value(0);
        out.endObject();
        out.name("inference_geo").nothing();
        out.name("service_tier").value(serviceTier);
        out.name("speed").nothing();
        out.endObject();
    }

    static void writeCounts(JsonWriter out, ChatUsage usage) {
        out.name("input_tokens").value(usage.input());
        out.name("cache_creation_input_tokens").value(0);
        out.name("cache_read_input_tokens").value(usage.cacheRead());
        out.name("output_tokens").value(usage.completion());
        out.name("output_tokens_details");
        if (usage.thinking().isPresent()) {
            out.beginObject();
            out.name("thinking_tokens").value(usage.thinking().getAsLong());
            out.endObject();
        } else {
            out.nothing();
        }
        out.name("server_tool_use").nothing();
    }
}
