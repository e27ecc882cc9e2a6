package dev.nightmail.upstream.openai;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.json.JsonWriter;
import java.util.List;

/**
 * A whole completion, as a Message.
 *
 * @param message on one line
 */
record Answer(JsonBytes message, Usage usage) {

    /** What a Message has around what the model said is less than this. */
    private static final int ADDED_BYTES = 1024;

    /**
     * @param payload as it came
     * @param choice what it holds
     * @param serviceTier for its usage: {@code batch} or {@code standard}
     */
    static Answer of(
            byte[] payload,
            ChatPayload completion,
            ChatPayload.Choice choice,
            ChatRequest request,
            String serviceTier) {
        var out = new JsonWriter(payload.length + ADDED_BYTES);
        String id = MessageJson.id(completion.id(), payload);
        var model = completion.model();
        out.beginObject();
        MessageJson.writeHead(out, id, model == null ? request.model() : model);
        out.name("content").beginArray();
        var thought = choice.thought();
        if (thought != null && request.showsThinking()) {
            MessageJson.writeThinkingBlock(out, List.of(thought));
        }
        var words = choice.words();
        if (!words.isEmpty()) {
            MessageJson.writeTextBlock(out, words);
        }
        var calls = choice.toolCalls();
        for (int number = 0; number < calls.size(); number++) {
            var call = calls.get(number);
            MessageJson.beginToolUseBlock(
                    out,
                    call.id().isEmpty() ? MessageJson.toolUseId(id, number) : call.id(),
                    call.name());
            MessageJson.writeInput(out, call.arguments());
            MessageJson.endToolUseBlock(out);
        }
        out.endArray();
        var refusal = choice.refusal();
        Stop.of(
                        choice.finish(),
                        choice.stopText(),
                        !calls.isEmpty(),
                        refusal == null ? "" : refusal.value())
                .write(out);
        out.name("container").nothing();
        out.name("diagnostics").nothing();
        var usage = completion.usage();
        MessageJson.writeUsage(out, usage == null ? ChatUsage.UNTOLD : usage, serviceTier);
        out.endObject();
        return new Answer(
                // An input that came inside of a string may have line breaks between its tokens.
                JsonBytes.flatten(out.toByteArray()), usage == null ? Usage.NONE : usage.usage());
    }
}
