package dev.nightmail.upstream.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.openai.ChatRequest.Purpose;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers nobody thought of: thoughts, words and calls of tools by seed, said at once and in pieces
 * of any size. Whoever puts the pieces together has the same Message.
 */
final class GeneratedAnswersTest {

    /** Half a pair can only travel as an escape. */
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private static final String ALPHABET = "ab \"\\/\n\t{}[]:,0é\u2028\u0000🌦中";

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void saidAtOnceOrInPiecesItIsTheSameMessage(int seed) throws Exception {
        var random = new Random(seed);
        var request = request(random.nextBoolean());
        var said = said(random);
        // That it calls a tool is only said of an answer that does.
        int ends = said.has("tool_calls") ? 3 : 2;
        var finish = new String[] {"stop", "length", "tool_calls"}[random.nextInt(ends)];
        var usage = usage(random);

        var message = JSON.readTree(Translated.message(request, completion(said, finish, usage)));
        var stream = stream(said, finish, usage, random);
        var events = Translated.events(request, Pieces.of(stream, random));

        assertThat(AccumulatedMessage.of(events)).isEqualTo(message);
        assertThat(message.at("/usage/output_tokens")).isEqualTo(usage.path("completion_tokens"));
    }

    private static ChatRequest request(boolean showsThinking) throws RefusedException {
        return ChatRequest.of(
                JsonBytes.of(
                        "{\"model\":\"m\",\"max_tokens\":9,\"thinking\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}]}"
                                .formatted(showsThinking ? "{\"type\":\"adaptive\"}" : "null")),
                Purpose.ANSWER,
                MaxTokensField.MAX_TOKENS);
    }

    private static ObjectNode said(Random random) {
        var said = JSON.createObjectNode().put("role", "assistant");
        if (random.nextBoolean()) {
            said.put("reasoning_content", text(random));
        }
        if (random.nextInt(4) > 0) {
            said.put("content", text(random));
        }
        if (random.nextBoolean()) {
            var calls = said.putArray("tool_calls");
            for (int i = random.nextInt(4); i >= 0; i--) {
                var input = JSON.createObjectNode();
                for (int j = random.nextInt(3); j > 0; j--) {
                    input.put(text(random), text(random));
                }
                calls.addObject()
                        .put("id", "call_" + calls.size())
                        .put("type", "function")
                        .putObject("function")
                        .put("name", "tool_" + i)
                        .put("arguments", JSON.writeValueAsString(input));
            }
        }
        return said;
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        var characters = ALPHABET.codePoints().toArray();
        for (int i = random.nextInt(40); i > 0; i--) {
            text.appendCodePoint(characters[random.nextInt(characters.length)]);
        }
        return text.toString();
    }

    private static ObjectNode usage(Random random) {
        int prompt = random.nextInt(1000);
        var usage = JSON.createObjectNode();
        usage.put("prompt_tokens", prompt);
        usage.put("completion_tokens", random.nextInt(1000));
        usage.putObject("prompt_tokens_details").put("cached_tokens", random.nextInt(prompt + 1));
        return usage;
    }

    private static String completion(JsonNode said, String finish, JsonNode usage) {
        var completion = head();
        var choice = completion.putArray("choices").addObject();
        choice.set("message", said);
        choice.put("finish_reason", finish);
        completion.set("usage", usage);
        return JSON.writeValueAsString(completion);
    }

    private static ObjectNode head() {
        return JSON.createObjectNode().put("id", "chatcmpl-1").put("model", "m");
    }

    private static String stream(JsonNode said, String finish, JsonNode usage, Random random) {
        var stream = new StringBuilder();
        for (var name : new String[] {"reasoning_content", "content"}) {
            for (var piece : Pieces.ofString(said.path(name).asString(""), random)) {
                stream.append(chunk(JSON.createObjectNode().put(name, piece), null));
            }
        }
        int index = 0;
        for (var call : said.path("tool_calls").values()) {
            var begun = (ObjectNode) call.deepCopy();
            begun.put("index", index);
            ((ObjectNode) begun.path("function")).put("arguments", "");
            stream.append(chunk(delta(begun), null));
            var arguments = call.path("function").path("arguments").asString();
            for (var piece : Pieces.ofString(arguments, random)) {
                var next = JSON.createObjectNode().put("index", index);
                next.putObject("function").put("arguments", piece);
                stream.append(chunk(delta(next), null));
            }
            index++;
        }
        stream.append(chunk(JSON.createObjectNode(), finish));
        var last = head();
        last.putArray("choices");
        last.set("usage", usage);
        return stream + event(last) + "data: [DONE]\n\n";
    }

    private static JsonNode delta(JsonNode call) {
        var delta = JSON.createObjectNode();
        delta.putArray("tool_calls").add(call);
        return delta;
    }

    private static String chunk(JsonNode delta, @Nullable String finish) {
        var chunk = head();
        var choice = chunk.putArray("choices").addObject();
        choice.set("delta", delta);
        choice.put("finish_reason", finish);
        return event(chunk);
    }

    private static String event(JsonNode data) {
        return "data: " + JSON.writeValueAsString(data) + "\n\n";
    }
}
