package dev.nightmail.upstream.openai;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.openai.ChatPayload.ToolCall;
import java.util.ArrayList;
import java.util.HashSet;
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
     * @param id of the Message
     * @param bytes about how long it will be
     * @param choice what it holds
     * @param serviceTier for its usage: {@code batch} or {@code standard}
     */
    static Answer of(
            String id,
            int bytes,
            ChatPayload completion,
            ChatPayload.Choice choice,
            ChatRequest request,
            String serviceTier) {
        var out = new JsonWriter(bytes + ADDED_BYTES);
        var model = completion.model();
        out.beginObject();
        MessageJson.writeHead(out, id, model == null ? request.model() : model);
        out.name("content").beginArray();
        if (!choice.thoughts().isEmpty() && request.showsThinking()) {
            MessageJson.writeThinkingBlock(out, choice.thoughts());
        }
        if (!choice.words().isEmpty()) {
            MessageJson.writeTextBlock(out, choice.words());
        }
        var calls = distinct(choice.toolCalls());
        var callIds = new CallIds(request.names().callIds(), id);
        for (var call : calls) {
            var signature = call.signature();
            if (signature != null && request.keepsSignatures()) {
                ThoughtSignature.writeBlock(out, signature);
            }
            MessageJson.beginToolUseBlock(out, callIds.next(call.id()), call.name());
            MessageJson.writeInput(out, call.arguments());
            MessageJson.endToolUseBlock(out);
        }
        out.endArray();
        var refusal = choice.refusal();
        Stop.of(
                        request,
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

    /** Each call once: some servers send the same again, under the same id. */
    private static List<ToolCall> distinct(List<ToolCall> told) {
        var seen = new HashSet<List<String>>();
        var distinct = new ArrayList<ToolCall>();
        for (var call : told) {
            if (call.isEmpty()) {
                continue;
            }
            if (seen.add(List.of(call.id(), call.name(), call.inputText()))
                    || call.id().isEmpty()) {
                distinct.add(call);
            }
        }
        return distinct;
    }
}
