package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import dev.nightmail.wire.error.ErrorReading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the chunks of a completion as the events of a Message, each as soon as its chunk is there.
 * At any time at most one block is open, as in the Messages API: one of another kind, or another
 * call of a tool, closes it. Nothing is kept of what was said, but for what another call says
 * before the input of this one is whole: it has to wait.
 */
final class MessageEvents implements ServerSentEvents.Receiver {

    private static final byte[] DONE = "[DONE]".getBytes(US_ASCII);

    /** A refusal is a sentence or two. */
    private static final int REFUSAL_LENGTH_MAX = 10_000;

    /** Far above what calls of tools say while they wait for another. */
    private static final int WAITING_MAX = 100_000;

    private final ChatRequest request;
    private final AnswerSink sink;
    private final Map<String, String> headers;
    private final Answers answers;
    private final Faults faults;

    private State state = State.EXPECTED;
    private String id = "";
    private Block open = new Block.None();
    private int blocks;
    private int calls;
    private ChatUsage usage = ChatUsage.UNTOLD;
    private @Nullable String finish;
    private RawJson.@Nullable Text stopText;
    private final StringBuilder refusal = new StringBuilder();
    private final List<ChatPayload.ToolCall> waiting = new ArrayList<>();

    private enum State {
        EXPECTED,
        BEGUN,
        OVER
    }

    /** What is being told. */
    private sealed interface Block {
        record None() implements Block {}

        record Thinking() implements Block {}

        record Text() implements Block {}

        /**
         * @param index as the server counts, -1 if it does not
         */
        record ToolUse(long index, String id, String name, InputProgress input) implements Block {}
    }

    /** What the server says went wrong. */
    interface Faults {
        /** Answers with it: it was the first word. */
        void answer(Reading reading) throws IOException;

        /** The client is told of it in the stream. */
        void note(Reading reading);
    }

    /**
     * @param headers for the beginning of the answer
     * @param faults told of an error
     */
    MessageEvents(
            ChatRequest request,
            AnswerSink sink,
            Map<String, String> headers,
            Answers answers,
            Faults faults) {
        this.request = request;
        this.sink = sink;
        this.headers = headers;
        this.answers = answers;
        this.faults = faults;
    }

    boolean isOver() {
        return state == State.OVER;
    }

    boolean isBegun() {
        return state != State.EXPECTED;
    }

    @Override
    public void comment() throws IOException {
        if (state == State.BEGUN) {
            event("ping", _ -> {});
        }
    }

    @Override
    public void data(byte[] data) throws IOException {
        if (state == State.OVER) {
            return;
        }
        if (Arrays.equals(data, DONE)) {
            conclude();
            return;
        }
        var payload = ChatPayload.read(data);
        if (payload.isEmpty()) {
            throw new BrokenAnswerException(
                    FailedStep.GARBLED, "the upstream sent an event that is not a JSON object");
        }
        tell(data, payload.get());
    }

    /** One chunk, or a whole completion in one. */
    void tell(byte[] data, ChatPayload payload) throws IOException {
        var error = ErrorReading.readInAnswer(data);
        if (error.isPresent()) {
            fail(answers.inAnswer(error.get(), HttpHeaders.NONE));
            return;
        }
        var told = payload.usage();
        var choice = payload.choice();
        if (state == State.EXPECTED && choice == null && told == null) {
            // Azure first says what its filters think of the prompt, in a chunk whose id and
            // model are empty.
            return;
        }
        begin(data, payload);
        if (told != null) {
            usage = told;
        }
        if (choice != null) {
            tell(choice);
        }
    }

    private void fail(Reading reading) throws IOException {
        boolean begun = isBegun();
        state = State.OVER;
        if (!begun) {
            faults.answer(reading);
            return;
        }
        faults.note(reading);
        var body = answers.body(reading);
        var out = new JsonWriter(body.length() + 32).plain("event: error\ndata: ");
        send(out.plain(body.array()).plain("\n\n"));
        sink.end();
    }

    private void begin(byte[] data, ChatPayload payload) throws IOException {
        if (state != State.EXPECTED) {
            return;
        }
        state = State.BEGUN;
        id = MessageJson.id(payload.id(), data);
        var model = payload.model();
        var told = payload.usage();
        sink.begin(200, headers);
        event(
                "message_start",
                out -> {
                    out.name("message").beginObject();
                    MessageJson.writeHead(out, id, model == null ? request.model() : model);
                    out.name("content").beginArray().endArray();
                    out.name("stop_reason").nothing();
                    out.name("stop_sequence").nothing();
                    out.name("stop_details").nothing();
                    out.name("container").nothing();
                    out.name("diagnostics").nothing();
                    // Most servers count at the end only: message_delta has the sums.
                    MessageJson.writeUsage(out, told == null ? ChatUsage.UNTOLD : told, "standard");
                    out.endObject();
                });
    }

    private void tell(ChatPayload.Choice choice) throws IOException {
        var thought = choice.thought();
        if (thought != null && request.showsThinking()) {
            tellWaiting();
            thinking(thought);
        }
        for (var words : choice.words()) {
            tellWaiting();
            text(words);
        }
        var refused = choice.refusal();
        if (refused != null && refusal.length() < REFUSAL_LENGTH_MAX) {
            refusal.append(refused.value());
        }
        for (var call : choice.toolCalls()) {
            toolUse(call);
        }
        if (choice.finish() != null) {
            finish = choice.finish();
        }
        if (choice.stopText() != null) {
            stopText = choice.stopText();
        }
    }

    private void thinking(RawJson.Text thought) throws IOException {
        if (!(open instanceof Block.Thinking)) {
            start(new Block.Thinking(), out -> MessageJson.writeThinkingBlock(out, List.of()));
        }
        delta("thinking_delta", "thinking", out -> out.value(thought));
    }

    private void text(RawJson.Text words) throws IOException {
        if (!(open instanceof Block.Text)) {
            start(new Block.Text(), out -> MessageJson.writeTextBlock(out, List.of()));
        }
        delta("text_delta", "text", out -> out.value(words));
    }

    private void toolUse(ChatPayload.ToolCall call) throws IOException {
        if (open instanceof Block.ToolUse other && waits(call, other)) {
            if (waiting.size() == WAITING_MAX) {
                throw new BrokenAnswerException(
                        FailedStep.BODY_TOO_LARGE, "the upstream began too many calls at once");
            }
            waiting.add(call);
            return;
        }
        tellToolUse(call);
        if (open instanceof Block.ToolUse tool && tool.input().isWhole()) {
            tellWaitingCalls();
        }
    }

    /** Calls that are counted may take turns in the other API. */
    private static boolean waits(ChatPayload.ToolCall call, Block.ToolUse open) {
        return call.index() >= 0
                && open.index() >= 0
                && call.index() != open.index()
                && !open.input().isWhole();
    }

    private void tellWaitingCalls() throws IOException {
        var calls = new ArrayList<>(waiting);
        waiting.clear();
        // Stable: the pieces of each stay in their order.
        calls.sort(Comparator.comparingLong(ChatPayload.ToolCall::index));
        for (var call : calls) {
            toolUse(call);
        }
    }

    /** What waits need not wait any longer: the input before it will not become whole. */
    private void tellWaiting() throws IOException {
        while (!waiting.isEmpty()) {
            close();
            tellWaitingCalls();
        }
    }

    private void tellToolUse(ChatPayload.ToolCall call) throws IOException {
        var tool = toolUseOf(call);
        switch (call.arguments()) {
            case null -> {
                // The beginning of a call often is its name alone.
            }
            case RawJson.Text piece -> {
                if (!piece.isEmpty()) {
                    tool.input().take(piece.value());
                    delta("input_json_delta", "partial_json", out -> out.value(piece));
                }
            }
            case RawJson.Null _ -> {
                // As if it were not there.
            }
            case RawJson whole -> {
                tool.input().take("{}");
                delta(
                        "input_json_delta",
                        "partial_json",
                        out -> out.beginText().quoted(whole).endText());
            }
        }
    }

    /** The block that a piece belongs to. */
    private Block.ToolUse toolUseOf(ChatPayload.ToolCall call) throws IOException {
        return open instanceof Block.ToolUse tool && continues(tool, call)
                ? tool
                : startToolUse(call);
    }

    /**
     * Servers count their calls, or give each an id; some do only one of the two, and some count
     * wrong. A piece that brings a name begins a call, unless it repeats what it belongs to: older
     * vLLM repeats the name in every piece, with a new id each time.
     */
    private static boolean continues(Block.ToolUse tool, ChatPayload.ToolCall call) {
        if (call.index() != tool.index()) {
            return false;
        }
        if (call.name().isEmpty() || call.id().equals(tool.id())) {
            return true;
        }
        boolean repeats = call.index() >= 0 && call.name().equals(tool.name());
        boolean unfinished = call.id().isEmpty() ? !tool.input().isWhole() : tool.input().isHalf();
        return repeats && unfinished;
    }

    private Block.ToolUse startToolUse(ChatPayload.ToolCall call) throws IOException {
        if (call.name().isEmpty()) {
            // Its beginning was missing, or it was over: nobody could put this together again.
            throw new BrokenAnswerException(
                    FailedStep.GARBLED,
                    "the upstream sent a piece of a tool call that is not begun");
        }
        String callId = call.id().isEmpty() ? MessageJson.toolUseId(id, calls) : call.id();
        calls++;
        var tool = new Block.ToolUse(call.index(), callId, call.name(), new InputProgress());
        start(
                tool,
                out -> {
                    MessageJson.beginToolUseBlock(out, callId, call.name());
                    out.beginObject().endObject();
                    MessageJson.endToolUseBlock(out);
                });
        return tool;
    }

    private void start(Block block, Consumer<JsonWriter> content) throws IOException {
        close();
        open = block;
        event(
                "content_block_start",
                out -> {
                    out.name("index").value(blocks);
                    out.name("content_block");
                    content.accept(out);
                });
    }

    private void close() throws IOException {
        switch (open) {
            case Block.None _ -> {
                return;
            }
            case Block.Thinking _ -> delta("signature_delta", "signature", out -> out.value(""));
            case Block.Text _, Block.ToolUse _ -> {
                // Nothing comes behind what was said.
            }
        }
        event("content_block_stop", out -> out.name("index").value(blocks));
        open = new Block.None();
        blocks++;
    }

    private void delta(String type, String field, Consumer<JsonWriter> value) throws IOException {
        event(
                "content_block_delta",
                out -> {
                    out.name("index").value(blocks);
                    out.name("delta").beginObject();
                    out.name("type").value(type);
                    out.name(field);
                    value.accept(out);
                    out.endObject();
                });
    }

    /**
     * There is no more of the stream.
     *
     * @throws BrokenAnswerException if that was not all of an answer
     */
    void end() throws IOException {
        if (state == State.BEGUN && finish == null) {
            throw new BrokenAnswerException(
                    FailedStep.CONNECTION_CUT, "the upstream ended its answer in the middle");
        }
        conclude();
    }

    /** The server says that this was all. */
    void conclude() throws IOException {
        if (state == State.OVER) {
            return;
        }
        if (state == State.EXPECTED || Stop.isBroken(finish)) {
            fail(answers.givenUp());
            return;
        }
        tellWaiting();
        state = State.OVER;
        close();
        event(
                "message_delta",
                out -> {
                    out.name("delta").beginObject();
                    Stop.of(finish, stopText, calls > 0, refusal.toString()).write(out);
                    out.name("container").nothing();
                    out.endObject();
                    out.name("usage").beginObject();
                    MessageJson.writeCounts(out, usage);
                    out.endObject();
                });
        event("message_stop", _ -> {});
        sink.end();
    }

    private void event(String name, Consumer<JsonWriter> fields) throws IOException {
        var out = new JsonWriter(256).plain("event: ").plain(name).plain("\ndata: ");
        out.beginObject();
        out.name("type").value(name);
        fields.accept(out);
        out.endObject();
        send(out.plain("\n\n"));
    }

    private void send(JsonWriter out) throws IOException {
        byte[] bytes = out.toByteArray();
        sink.write(bytes, 0, bytes.length);
    }
}
