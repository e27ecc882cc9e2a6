package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the chunks of a completion as the events of a Message, each as soon as its chunk is there.
 * At any time at most one block is open, as in the Messages API: one of another kind, or another
 * call of a tool, closes it. Nothing is kept of what was said, but for what another call says
 * before the input of this one is whole: it has to wait.
 */
final class MessageEvents implements ServerSentEvents.Receiver {

    private static final String DONE = "[DONE]";
    private static final int DONE_BYTES_MAX = 64;

    private static final int NO_INPUT_BYTES = "{}".length();

    /** A refusal is a sentence or two. */
    private static final int REFUSAL_LENGTH_MAX = 10_000;

    /** Far above what calls of tools say while they wait for another. */
    private static final int WAITING_MAX = 100_000;

    /** Far above what any model calls in one answer. */
    private static final int CALLS_MAX = 10_000;

    private final ChatRequest request;
    private final AnswerSink sink;
    private final Map<String, String> headers;
    private final Answers answers;
    private final Faults faults;
    private final CallPieces pieces;

    private State state = State.EXPECTED;
    private Block open = new Block.None();
    private CallIds callIds;
    private int blocks;

    /** Whether the model has said nothing so far, but perhaps to itself. */
    private boolean silent = true;

    /** How many of the calls were told, or left out. */
    private int passed;

    private int calls;
    private int waiting;
    private ChatUsage usage = ChatUsage.UNTOLD;
    private @Nullable String finish;
    private RawJson.@Nullable Text stopText;
    private final StringBuilder refusal = new StringBuilder();

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

        record ToolUse(CallUnderWay call) implements Block {}

        /** One that says all it has to at its start. */
        record Whole() implements Block {}
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
        this.pieces = new CallPieces(request.names().tools());
        this.callIds = new CallIds(Set.of(), "");
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
        if (isDone(data)) {
            conclude();
            return;
        }
        var payload = ChatPayload.read(data);
        if (payload.isEmpty()) {
            throw new BrokenAnswerException(
                    FailedStep.GARBLED, "the upstream sent an event that is not a JSON object");
        }
        var error = payload.get().error(data);
        if (error.isPresent()) {
            fail(answers.inAnswer(error.get(), HttpHeaders.NONE));
            return;
        }
        tell(payload.get());
    }

    /** Some pad it, with tabs too. */
    static boolean isDone(byte[] data) {
        return data.length <= DONE_BYTES_MAX && new String(data, UTF_8).strip().equals(DONE);
    }

    /** One chunk, or a whole completion in one. */
    void tell(ChatPayload payload) throws IOException {
        var told = payload.usage();
        var choice = payload.choice();
        if (told != null) {
            usage = told;
        }
        if (choice == null) {
            // Azure first says what its filters think of the prompt, in a chunk whose id and model
            // are empty. An answer that is only counted is none.
            return;
        }
        begin(payload);
        tell(choice);
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

    private void begin(ChatPayload payload) throws IOException {
        if (state != State.EXPECTED) {
            return;
        }
        state = State.BEGUN;
        String id = answers.messageId(payload.id());
        callIds = new CallIds(request.names().callIds(), id);
        var model = payload.model();
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
                    MessageJson.writeUsage(out, usage, "standard");
                    out.endObject();
                });
    }

    private void tell(ChatPayload.Choice choice) throws IOException {
        silent &= choice.isSilent();
        if (request.showsThinking()) {
            for (var thought : choice.thoughts()) {
                tellCalls(true);
                thinking(thought);
            }
        }
        for (var words : choice.words()) {
            tellCalls(true);
            text(words);
        }
        var refused = choice.refusal();
        if (refused != null && refusal.length() < REFUSAL_LENGTH_MAX) {
            refusal.append(refused.value());
        }
        for (var piece : choice.toolCalls()) {
            toolUse(piece, choice.whole());
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

    private void toolUse(ChatPayload.ToolCall piece, boolean alone) throws IOException {
        var call = pieces.take(piece, alone);
        if (call.isTold()) {
            if (!piece.bringsNoInput() && !call.isWhole()) {
                throw garbled("a piece of a tool call that was over");
            }
            return;
        }
        boolean waits = !(open instanceof Block.ToolUse(var now) && now == call);
        waiting += waits ? 1 : 0;
        if (waiting > WAITING_MAX || pieces.calls().size() > CALLS_MAX) {
            throw new BrokenAnswerException(
                    FailedStep.BODY_TOO_LARGE, "the upstream began too many calls at once");
        }
        tellCalls(false);
    }

    /**
     * Tells what can be told by now: one call after another, each from when its name is whole.
     *
     * @param force if something else comes: what is not whole by then will not become it
     */
    private void tellCalls(boolean force) throws IOException {
        while (true) {
            if (open instanceof Block.ToolUse(var call)) {
                if (call.isTellable()) {
                    tellInput(call);
                }
                if (!force && !call.isOver()) {
                    return;
                }
            }
            var next = nextCall(force);
            if (next == null) {
                return;
            }
            startToolUse(next);
        }
    }

    private @Nullable CallUnderWay nextCall(boolean force) {
        while (passed < pieces.calls().size()) {
            var call = pieces.calls().get(passed);
            if (call.name().isEmpty() && !(call.isEmpty() && (force || call.isOver()))) {
                // Its name may still come.
                return null;
            }
            if (!force && !isReady(call)) {
                return null;
            }
            if (!call.isEmpty() && !pieces.repeats(call)) {
                return call;
            }
            call.markTold();
            pass(call);
        }
        return null;
    }

    private void pass(CallUnderWay call) {
        passed++;
        if (call.isTold()) {
            var _ = call.takePieces();
        }
        if (passed == pieces.calls().size()) {
            waiting = 0;
        }
    }

    private boolean isReady(CallUnderWay call) {
        return call.isOver() || (call.isTellable() && !pieces.mayRepeat(call));
    }

    private void startToolUse(CallUnderWay call) throws IOException {
        var signature = call.signature();
        if (signature != null && request.keepsSignatures()) {
            start(new Block.Whole(), out -> ThoughtSignature.writeBlock(out, signature));
        }
        String callId = callIds.next(call.id());
        calls++;
        pass(call);
        start(
                new Block.ToolUse(call),
                out -> {
                    MessageJson.beginToolUseBlock(out, callId, call.name());
                    out.beginObject().endObject();
                    MessageJson.endToolUseBlock(out);
                });
    }

    private void tellInput(CallUnderWay call) throws IOException {
        for (var part : call.takePieces()) {
            delta("input_json_delta", "partial_json", out -> out.value(part));
        }
    }

    /** What was not told of the input as it came, since it is no object, or came at once. */
    private void tellRest(CallUnderWay call) throws IOException {
        call.markTold();
        if (call.isTellable()) {
            tellInput(call);
            return;
        }
        var input = call.takeWhole();
        if (input == null) {
            return;
        }
        var json = new JsonWriter(256);
        MessageJson.writeInput(json, input);
        byte[] written = json.toByteArray();
        if (written.length > NO_INPUT_BYTES) {
            delta("input_json_delta", "partial_json", out -> out.value(new String(written, UTF_8)));
        }
    }

    private static BrokenAnswerException garbled(String what) {
        return new BrokenAnswerException(FailedStep.GARBLED, "the upstream sent " + what);
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
            case Block.ToolUse(var call) -> tellRest(call);
            case Block.Text _, Block.Whole _ -> {
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
        tellCalls(true);
        if (passed < pieces.calls().size() && !pieces.calls().get(passed).isEmpty()) {
            throw garbled("a tool call without a name");
        }
        if (silent && Stop.promisesMore(finish)) {
            fail(answers.givenUp());
            return;
        }
        state = State.OVER;
        close();
        event(
                "message_delta",
                out -> {
                    out.name("delta").beginObject();
                    Stop.of(request, finish, stopText, calls > 0, refusal.toString()).write(out);
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
