package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.openai.ChatRequest.Purpose;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers in the shapes that servers really send, written shortly. */
final class Odd {

    static final JsonMapper JSON = JsonMapper.builder().build();
    static final String DONE = "data: [DONE]\n\n";

    private static final String TOOLS =
            "\"tools\":[{\"name\":\"get_weather\",\"input_schema\":{}},{\"name\":\"get\",\"input_schema\":{}},{\"name\":\"now\",\"input_schema\":{}}]";

    private Odd() {}

    static ChatRequest request(String fields) throws RefusedException {
        return ChatRequest.of(
                JsonBytes.of("{\"model\":\"m\",\"max_tokens\":64," + fields + "}"),
                Purpose.ANSWER,
                MaxTokensField.MAX_TOKENS);
    }

    static ChatRequest request() throws RefusedException {
        return request(TOOLS + ",\"messages\":[{\"role\":\"user\",\"content\":\"Go.\"}]");
    }

    static ChatRequest thinking() throws RefusedException {
        return request(
                TOOLS
                        + ",\"thinking\":{\"type\":\"adaptive\"},\"messages\":[{\"role\":\"user\",\"content\":\"Go.\"}]");
    }

    /** One chunk. */
    static String chunk(String delta, String finish) {
        return "data: {\"id\":\"chatcmpl-1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}\n\n"
                .formatted(delta, finish);
    }

    static String chunk(String delta) {
        return chunk(delta, "null");
    }

    /** A stream of pieces of calls, to its end. */
    static String stream(String... pieces) {
        var stream = new StringBuilder(chunk("{\"role\":\"assistant\",\"content\":\"\"}"));
        for (var piece : pieces) {
            stream.append(chunk("{\"tool_calls\":[" + piece + "]}"));
        }
        return stream + chunk("{}", "\"tool_calls\"") + DONE;
    }

    static String answer(String message, String finish) {
        return "{\"id\":\"chatcmpl-1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":%s,\"finish_reason\":\"%s\"}]}"
                .formatted(message, finish);
    }

    static String calling(String... calls) {
        return answer(
                "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":["
                        + String.join(",", calls)
                        + "]}",
                "tool_calls");
    }

    static JsonNode plain(ChatRequest request, String body) {
        return JSON.readTree(Translated.message(request, body));
    }

    /** What a client of a stream puts together; it insists on order and on valid input. */
    static JsonNode streamed(ChatRequest request, String stream) throws IOException {
        return AccumulatedMessage.of(events(request, stream));
    }

    static String events(ChatRequest request, String stream) throws IOException {
        return Translated.events(request, List.of(stream.getBytes(UTF_8)));
    }

    /** Each call as {@code id name input}. */
    static List<String> calls(JsonNode message) {
        var calls = new ArrayList<String>();
        for (var block : message.path("content").values()) {
            if (block.path("type").asString().equals("tool_use")) {
                calls.add(
                        block.path("id").asString()
                                + " "
                                + block.path("name").asString()
                                + " "
                                + block.path("input"));
            }
        }
        return calls;
    }
}
