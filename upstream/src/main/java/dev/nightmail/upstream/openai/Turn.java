package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one role says before another speaks. Of one turn there can become several messages: results
 * of tools have a role of their own in the other API.
 */
final class Turn {

    private final Role role;
    private final List<Part> parts = new ArrayList<>();
    private final List<RawJson.Text> thoughts = new ArrayList<>();
    private final List<ToolCall> calls = new ArrayList<>();
    private final List<ToolResult> results = new ArrayList<>();
    private String path = "";

    /** The one that the next call brings back; null if it has none. */
    private @Nullable String signature;

    Turn(Role role) {
        this.role = role;
    }

    Role role() {
        return role;
    }

    /** Something said in text or shown. */
    private sealed interface Part {
        record Said(RawJson.Text text) implements Part {}

        /** An image that travels along. */
        record Inline(RawJson.Text mediaType, RawJson.Text base64) implements Part {}

        record Linked(RawJson.Text url) implements Part {}
    }

    private record ToolCall(
            RawJson.Text id,
            RawJson.Text name,
            RawJson.Members input,
            @Nullable String signature) {}

    private record ToolResult(RawJson.Text id, List<RawJson.Text> texts, boolean isError) {}

    /**
     * @param content a string or a list of blocks
     */
    void add(String at, RawJson content) throws RefusedException {
        path = at;
        switch (content) {
            case RawJson.Text text -> parts.add(new Part.Said(text));
            case RawJson.Items blocks -> {
                int number = 0;
                for (var block : blocks.items()) {
                    add(Fields.of(at + "." + number++, block));
                }
            }
            default -> throw RefusedException.invalid(at, "Input should be a valid string or list");
        }
    }

    private void add(Fields block) throws RefusedException {
        String type = block.requireText("type").value();
        block.drop("cache_control");
        switch (type) {
            case "text" -> parts.add(new Part.Said(text(block)));
            case "image" -> parts.add(image(only(Role.USER, block, "an image")));
            case "tool_use" -> calls.add(toolUse(only(Role.ASSISTANT, block, "a tool_use block")));
            case "tool_result" ->
                    results.add(toolResult(only(Role.USER, block, "a tool_result block")));
            case "thinking" -> {
                thinking(only(Role.ASSISTANT, block, "a thinking block"));
                return;
            }
            case "redacted_thinking" -> {
                redactedThinking(only(Role.ASSISTANT, block, "a thinking block"));
                return;
            }
            default ->
                    throw RefusedException.noCounterpart(
                            block.path(), "a block of type \"" + Fields.shortened(type) + "\"");
        }
        block.requireAllTaken();
    }

    private Fields only(Role speaker, Fields block, String what) throws RefusedException {
        if (role != speaker) {
            throw RefusedException.invalid(
                    block.path(), what + " can only be in a message of the " + speaker.wireName());
        }
        return block;
    }

    private static RawJson.Text text(Fields block) throws RefusedException {
        block.dropIfEmpty("citations");
        return block.requireText("text");
    }

    private static Part image(Fields block) throws RefusedException {
        var source = Fields.of(block.at("source"), block.requireObject("source"));
        String type = source.requireText("type").value();
        var image =
                switch (type) {
                    case "base64" ->
                            new Part.Inline(
                                    source.requireText("media_type"), source.requireText("data"));
                    case "url" -> new Part.Linked(source.requireText("url"));
                    default ->
                            throw RefusedException.noCounterpart(
                                    source.path(),
                                    "an image by \"" + Fields.shortened(type) + "\"");
                };
        source.requireAllTaken();
        return image;
    }

    /** What has no signature was thought by a server of the other API. */
    private void thinking(Fields block) throws RefusedException {
        var thought = block.takeText("thinking");
        var signed = block.takeText("signature");
        if (thought != null && !thought.isEmpty() && (signed == null || signed.isEmpty())) {
            thoughts.add(thought);
        }
    }

    private void redactedThinking(Fields block) throws RefusedException {
        var data = block.takeText("data");
        if (data != null) {
            signature = ThoughtSignature.of(data);
        }
    }

    private ToolCall toolUse(Fields block) throws RefusedException {
        // Who called the tool: the model, as far as the other API knows.
        block.drop("caller");
        var call =
                new ToolCall(
                        block.requireText("id"),
                        block.requireText("name"),
                        block.requireObject("input"),
                        signature);
        signature = null;
        return call;
    }

    private ToolResult toolResult(Fields block) throws RefusedException {
        if (!parts.isEmpty()) {
            throw RefusedException.invalid(
                    block.path(), "tool_result blocks must come first in the content of a message");
        }
        var id = block.requireText("tool_use_id");
        boolean isError = block.takeBool("is_error");
        var texts = new ArrayList<RawJson.Text>();
        switch (block.take("content")) {
            case null -> {
                // A tool may have nothing to say.
            }
            case RawJson.Text text -> texts.add(text);
            case RawJson.Items list -> {
                int number = 0;
                for (var part : list.items()) {
                    texts.add(resultText(Fields.of(block.at("content." + number++), part)));
                }
            }
            case RawJson _ ->
                    throw RefusedException.invalid(
                            block.at("content"), "Input should be a valid string or list");
        }
        return new ToolResult(id, texts, isError);
    }

    private static RawJson.Text resultText(Fields part) throws RefusedException {
        String type = part.requireText("type").value();
        if (!type.equals("text")) {
            throw RefusedException.noCounterpart(
                    part.path(),
                    "a block of type \"" + Fields.shortened(type) + "\" in the result of a tool");
        }
        part.drop("cache_control");
        var text = text(part);
        part.requireAllTaken();
        return text;
    }

    /** The ids of the calls in it. */
    List<String> callIds() {
        return calls.stream().map(call -> call.id().value()).toList();
    }

    void write(Extras extras, JsonWriter out) throws RefusedException {
        for (var result : results) {
            write(result, out);
        }
        switch (role) {
            case SYSTEM -> {
                if (!parts.isEmpty()) {
                    beginMessage(out);
                    content(out);
                    out.endObject();
                }
            }
            case USER -> {
                if (!parts.isEmpty()) {
                    beginMessage(out);
                    content(out);
                    out.endObject();
                } else if (results.isEmpty()) {
                    throw RefusedException.invalid(
                            path, "user messages must have non-empty content");
                }
            }
            case ASSISTANT -> {
                beginMessage(out);
                if (parts.isEmpty()) {
                    emptyContent(out);
                } else {
                    content(out);
                }
                thoughts(extras, out);
                calls(extras, out);
                out.endObject();
            }
        }
    }

    private static void write(ToolResult result, JsonWriter out) {
        out.beginObject();
        out.name("role").value("tool");
        out.name("tool_call_id").value(result.id());
        out.name("content").beginText();
        if (result.isError()) {
            // The other API has no mark for it, and a model should know.
            out.text("Error: ");
        }
        boolean first = true;
        for (var text : result.texts()) {
            if (!first) {
                out.text("\n");
            }
            first = false;
            out.text(text);
        }
        out.endText().endObject();
    }

    private void beginMessage(JsonWriter out) {
        out.beginObject();
        out.name("role").value(role.wireName());
    }

    /**
     * A user's texts stay the parts they are: servers differ in how they join them, and templates
     * in it too. Those of the other two are one string: not every server takes a list of them, and
     * Ollama makes a message of each of its parts.
     */
    private void content(JsonWriter out) {
        out.name("content");
        if (parts.size() == 1 && parts.getFirst() instanceof Part.Said(var text)) {
            out.value(text);
            return;
        }
        if (role != Role.USER) {
            joined(said(), out);
            return;
        }
        out.beginArray();
        for (var part : parts) {
            out.beginObject();
            switch (part) {
                case Part.Said(var text) -> out.name("type").value("text").name("text").value(text);
                case Part.Inline(var mediaType, var base64) -> {
                    beginImage(out);
                    out.beginText().text("data:").text(mediaType).text(";base64,").text(base64);
                    out.endText().endObject();
                }
                case Part.Linked(var url) -> {
                    beginImage(out);
                    out.value(url).endObject();
                }
            }
            out.endObject();
        }
        out.endArray();
    }

    private List<RawJson.Text> said() {
        var texts = new ArrayList<RawJson.Text>();
        for (var part : parts) {
            if (part instanceof Part.Said(var text) && !text.isEmpty()) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** One string, with a blank line between the texts. */
    private static void joined(List<RawJson.Text> texts, JsonWriter out) {
        out.beginText();
        boolean first = true;
        for (var text : texts) {
            if (!first) {
                out.text("\n\n");
            }
            first = false;
            out.text(text);
        }
        out.endText();
    }

    private static void beginImage(JsonWriter out) {
        out.name("type").value("image_url");
        out.name("image_url").beginObject();
        out.name("url");
    }

    private void emptyContent(JsonWriter out) {
        out.name("content");
        if (calls.isEmpty()) {
            out.value("");
        } else {
            out.nothing();
        }
    }

    /**
     * Models read a conversation without what they thought in it, unless they called a tool: some
     * go on with the thought then, and their servers refuse a call without it.
     */
    private void thoughts(Extras extras, JsonWriter out) {
        if (!calls.isEmpty() && !thoughts.isEmpty() && extras.use(Extra.THOUGHTS)) {
            joined(thoughts, out.name(Extra.THOUGHTS.field()));
        }
    }

    private void calls(Extras extras, JsonWriter out) {
        if (calls.isEmpty()) {
            return;
        }
        out.name("tool_calls").beginArray();
        for (var call : calls) {
            out.beginObject();
            out.name("id").value(call.id());
            out.name("type").value("function");
            out.name("function").beginObject();
            out.name("name").value(call.name());
            out.name("arguments").beginText().quoted(call.input()).endText();
            out.endObject();
            var signed = call.signature();
            if (signed != null && extras.use(Extra.SIGNATURES)) {
                ThoughtSignature.write(out, signed);
            }
            out.endObject();
        }
        out.endArray();
    }
}
