package dev.nightmail.upstream.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.upstream.AnswerSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** A reply as server-sent events, each sent when it would have been written. */
final class EventStream {

    /** About four tokens: small enough to look alive. */
    private static final int DELTA_CHARACTERS = 14;

    private final AnswerSink sink;
    private final Duration writing;
    private final Waiting waiting;
    private final Cut cut;

    /**
     * @param writing from the first token to the last, at an even pace
     */
    EventStream(AnswerSink sink, Duration writing, Waiting waiting, Cut cut) {
        this.sink = sink;
        this.writing = writing;
        this.waiting = waiting;
        this.cut = cut;
    }

    /**
     * @param cutInside breaks off after the first piece of the content
     */
    void send(Reply reply, boolean cutInside) throws IOException, InterruptedException {
        event(
                "message_start",
                json -> {
                    json.writeName("message");
                    MessageJson.writeBeginning(json, reply, "standard");
                });
        boolean started = start(reply.content());
        event("ping", _ -> {});
        if (cutInside) {
            cut.off(sink);
            return;
        }
        if (started) {
            deltas(reply.content());
            event("content_block_stop", json -> json.writeNumberProperty("index", 0));
        }
        event("message_delta", json -> MessageJson.writeEnding(json, reply));
        event("message_stop", _ -> {});
        sink.end();
    }

    private boolean start(Reply.Content content) throws IOException {
        return switch (content) {
            case Reply.Content.None _ -> false;
            case Reply.Content.Text _ -> start(json -> MessageJson.writeTextBlock(json, ""));
            case Reply.Content.ToolUse(var id, var name, var _) ->
                    start(json -> MessageJson.writeToolUseBlock(json, id, name, "{}"));
        };
    }

    private boolean start(Consumer<JsonGenerator> block) throws IOException {
        event(
                "content_block_start",
                json -> {
                    json.writeNumberProperty("index", 0);
                    json.writeName("content_block");
                    block.accept(json);
                });
        return true;
    }

    private void deltas(Reply.Content content) throws IOException, InterruptedException {
        switch (content) {
            case Reply.Content.None _ -> {
                // Nothing to send.
            }
            case Reply.Content.Text(var text) -> deltas(text, "text_delta", "text");
            case Reply.Content.ToolUse(var _, var _, var input) ->
                    deltas(input, "input_json_delta", "partial_json");
        }
    }

    private void deltas(String whole, String type, String field)
            throws IOException, InterruptedException {
        var passed = Duration.ZERO;
        for (int at = 0; at < whole.length(); ) {
            String piece =
                    PromptWording.cut(
                            whole.substring(
                                    at, Math.min(whole.length(), at + DELTA_CHARACTERS + 1)),
                            DELTA_CHARACTERS);
            at += piece.length();
            var due = writing.multipliedBy(at).dividedBy(whole.length());
            waiting.pass(due.minus(passed));
            passed = due;
            event(
                    "content_block_delta",
                    json -> {
                        json.writeNumberProperty("index", 0);
                        json.writeObjectPropertyStart("delta");
                        json.writeStringProperty("type", type);
                        json.writeStringProperty(field, piece);
                        json.writeEndObject();
                    });
        }
    }

    private void event(String name, Consumer<JsonGenerator> fields) throws IOException {
        var out = new ByteArrayOutputStream(256);
        out.writeBytes(("event: " + name + "\ndata: ").getBytes(UTF_8));
        try (var json = MessageJson.FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("type", name);
            fields.accept(json);
            json.writeEndObject();
        }
        out.write('\n');
        out.write('\n');
        sink.write(out.toByteArray(), 0, out.size());
    }
}
