package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.json.RawJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One piece of what a server sends: a whole completion, or a chunk of one that is streamed. They
 * differ in little but the name under which the model speaks.
 */
record ChatPayload(
        RawJson.@Nullable Text id,
        RawJson.@Nullable Text model,
        @Nullable Choice choice,
        @Nullable ChatUsage usage) {

    /**
     * The first choice, and the only one that is asked for.
     *
     * @param said what the model says in it
     * @param finish why it ended, if it has
     * @param stopText the stop sequence that ended it, from a server that says so
     */
    record Choice(RawJson.Members said, @Nullable String finish, RawJson.@Nullable Text stopText) {

        static @Nullable Choice of(RawJson.Members payload) {
            var choices = payload.items("choices");
            if (choices.isEmpty() || !(choices.getFirst() instanceof RawJson.Members choice)) {
                return null;
            }
            var delta = choice.object("delta");
            var said = delta == null ? choice.object("message") : delta;
            var finish = choice.text("finish_reason");
            if (said == null && finish == null) {
                return null;
            }
            // vLLM's name, then SGLang's. Both are numbers if it was a token that ended it.
            var stop = choice.text("stop_reason");
            return new Choice(
                    // Azure's filters stop an answer in a chunk without a delta.
                    said == null ? new RawJson.Members(choice.span(), Map.of()) : said,
                    finish == null ? null : finish.value(),
                    stop == null ? choice.text("matched_stop") : stop);
        }

        /** What the model thought, as far as the server tells it apart; null if nothing. */
        RawJson.@Nullable Text thought() {
            var thought = filled("reasoning_content");
            return thought == null ? filled("reasoning") : thought;
        }

        /** What it said in words, in pieces; none of them is empty. */
        List<RawJson.Text> words() {
            var content = filled("content");
            if (content != null) {
                return List.of(content);
            }
            return said.items("content").stream()
                    .filter(RawJson.Members.class::isInstance)
                    .map(part -> ((RawJson.Members) part).text("text"))
                    .filter(text -> text != null && !text.isEmpty())
                    .toList();
        }

        RawJson.@Nullable Text refusal() {
            return filled("refusal");
        }

        private RawJson.@Nullable Text filled(String name) {
            var text = said.text(name);
            return text == null || text.isEmpty() ? null : text;
        }

        List<ToolCall> toolCalls() {
            return said.items("tool_calls").stream()
                    .filter(RawJson.Members.class::isInstance)
                    .map(call -> ToolCall.of((RawJson.Members) call))
                    .toList();
        }
    }

    /**
     * A call of a tool, or the next piece of one.
     *
     * @param index which of the calls of this answer it is; -1 if the server does not count
     * @param id empty if this piece does not say it
     * @param name empty if this piece does not say it
     * @param arguments JSON in a string, or a piece of it; from some servers the JSON itself
     */
    record ToolCall(long index, String id, String name, @Nullable RawJson arguments) {

        static ToolCall of(RawJson.Members call) {
            var function = call.object("function");
            return new ToolCall(
                    call.count("index").orElse(-1),
                    word(call.text("id")),
                    function == null ? "" : word(function.text("name")),
                    function == null ? null : function.members().get("arguments"));
        }

        private static String word(RawJson.@Nullable Text text) {
            return text == null ? "" : text.value();
        }
    }

    /**
     * @return empty if it is not a JSON object
     */
    static Optional<ChatPayload> read(byte[] json) {
        if (!(RawJson.parse(json).orElse(null) instanceof RawJson.Members payload)) {
            return Optional.empty();
        }
        var usage = payload.object("usage");
        return Optional.of(
                new ChatPayload(
                        payload.text("id"),
                        payload.text("model"),
                        Choice.of(payload),
                        usage == null ? null : ChatUsage.of(usage)));
    }
}
