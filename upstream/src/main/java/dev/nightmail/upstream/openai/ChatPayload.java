package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.upstream.json.RawJson;
import dev.nightmail.wire.error.ErrorMeaning;
import dev.nightmail.wire.error.ErrorReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One piece of what a server sends: a whole completion, or a chunk of one that is streamed. They
 * differ in little but the name under which the model speaks.
 *
 * @param mayHoldError whether it has a member in which an error could be
 */
record ChatPayload(
        RawJson.@Nullable Text id,
        RawJson.@Nullable Text model,
        @Nullable Choice choice,
        @Nullable ChatUsage usage,
        boolean mayHoldError) {

    /** Of what {@code object} says: a longer one is looked at whatever it is. */
    private static final int OBJECT_BYTES_MAX = 64;

    /**
     * The first choice, and the only one that is asked for.
     *
     * @param whole whether this is all of it, and not a piece
     * @param thoughts what the model thought, as far as the server tells it apart, in pieces; none
     *     of them is empty
     * @param words what it said, in pieces; none of them is empty
     * @param finish why it ended, if it has; never empty
     * @param stopText the stop sequence that ended it, from a server that says so
     */
    record Choice(
            boolean whole,
            List<RawJson.Text> thoughts,
            List<RawJson.Text> words,
            RawJson.@Nullable Text refusal,
            List<ToolCall> toolCalls,
            @Nullable String finish,
            RawJson.@Nullable Text stopText) {

        Choice {
            thoughts = List.copyOf(thoughts);
            words = List.copyOf(words);
            toolCalls = List.copyOf(toolCalls);
        }

        static @Nullable Choice of(RawJson.Members choice) {
            var delta = choice.object("delta");
            var said = delta == null ? choice.object("message") : delta;
            var finish = filled(choice, "finish_reason");
            if (said == null && finish == null) {
                return null;
            }
            // vLLM's name, then SGLang's. Both are numbers if it was a token that ended it.
            var stop = choice.text("stop_reason");
            return new Choice(
                    delta == null && said != null,
                    // Azure's filters stop an answer in a chunk without a delta.
                    said == null ? List.of() : thoughts(said),
                    said == null ? List.of() : words(said),
                    said == null ? null : filled(said, "refusal"),
                    said == null ? List.of() : toolCalls(said),
                    finish == null ? null : finish.value(),
                    stop == null ? choice.text("matched_stop") : stop);
        }

        private static List<RawJson.Text> thoughts(RawJson.Members said) {
            for (var name : new String[] {"reasoning_content", "reasoning"}) {
                var thought = filled(said, name);
                if (thought != null) {
                    return List.of(thought);
                }
            }
            // Mistral's: parts of the content, each a list of texts.
            var thoughts = new ArrayList<RawJson.Text>();
            for (var part : said.items("content")) {
                if (part instanceof RawJson.Members members && isThinking(members)) {
                    switch (members.members().get("thinking")) {
                        case RawJson.Text text -> addFilled(thoughts, text);
                        case RawJson.Items texts -> addTexts(thoughts, texts.items());
                        case null, default -> {
                            // Nothing was thought, or nothing that can be told.
                        }
                    }
                }
            }
            return thoughts;
        }

        private static List<RawJson.Text> words(RawJson.Members said) {
            var content = filled(said, "content");
            if (content != null) {
                return List.of(content);
            }
            var words = new ArrayList<RawJson.Text>();
            for (var part : said.items("content")) {
                if (!(part instanceof RawJson.Members members && isThinking(members))) {
                    addTexts(words, List.of(part));
                }
            }
            return words;
        }

        private static boolean isThinking(RawJson.Members part) {
            return part.members().get("thinking") != null;
        }

        private static void addTexts(List<RawJson.Text> to, List<RawJson> parts) {
            for (var part : parts) {
                if (part instanceof RawJson.Members members) {
                    addFilled(to, members.text("text"));
                } else if (part instanceof RawJson.Text text) {
                    addFilled(to, text);
                }
            }
        }

        private static void addFilled(List<RawJson.Text> to, RawJson.@Nullable Text text) {
            if (text != null && !text.isEmpty()) {
                to.add(text);
            }
        }

        private static List<ToolCall> toolCalls(RawJson.Members said) {
            var calls = new ArrayList<ToolCall>();
            for (var call : said.items("tool_calls")) {
                if (call instanceof RawJson.Members members) {
                    calls.add(ToolCall.of(members));
                }
            }
            // Older TGI calls one tool at most, and has no list for it.
            var only = said.object("tool_calls");
            if (only != null) {
                calls.add(ToolCall.of(only));
            }
            // How the API called functions before it knew tools: some servers still do.
            var function = said.object("function_call");
            if (function != null && calls.isEmpty()) {
                calls.add(ToolCall.ofFunction(-1, "", function, null));
            }
            return calls;
        }

        /** Whether the model said nothing, but perhaps to itself. */
        boolean isSilent() {
            return words.isEmpty() && refusal == null && toolCalls.isEmpty();
        }
    }

    /**
     * A call of a tool, or the next piece of one.
     *
     * @param index which of the calls of this answer it is; -1 if the server does not count
     * @param id empty if this piece does not say it
     * @param name empty if this piece does not say it
     * @param arguments JSON in a string, or a piece of it; from some servers the JSON itself
     * @param signature Gemini's, of the thought that led to the call; null if there is none
     */
    record ToolCall(
            long index,
            String id,
            String name,
            @Nullable RawJson arguments,
            RawJson.@Nullable Text signature) {

        static ToolCall of(RawJson.Members call) {
            var function = call.object("function");
            return ofFunction(
                    call.count("index").orElse(-1),
                    word(call.text("id")),
                    // Some leave the object out that the other API puts around the two.
                    function == null ? call : function,
                    ThoughtSignature.in(call));
        }

        static ToolCall ofFunction(
                long index, String id, RawJson.Members function, RawJson.@Nullable Text signature) {
            return new ToolCall(
                    index,
                    id,
                    word(function.text("name")),
                    function.members().get("arguments"),
                    signature);
        }

        private static String word(RawJson.@Nullable Text text) {
            return text == null ? "" : text.value();
        }

        /** Whether it adds nothing to the input. */
        boolean bringsNoInput() {
            return switch (arguments) {
                case null -> true;
                case RawJson.Null _ -> true;
                case RawJson.Text text -> text.isEmpty() || text.value().isBlank();
                case RawJson _ -> false;
            };
        }

        /** What the input is, to compare it with another. */
        String inputText() {
            return switch (arguments) {
                case null -> "";
                case RawJson.Text text -> text.value();
                case RawJson json -> {
                    var span = json.span();
                    yield new String(span.bytes(), span.from(), span.length(), UTF_8);
                }
            };
        }

        boolean isEmpty() {
            return id.isEmpty() && name.isEmpty() && bringsNoInput();
        }
    }

    /**
     * @return empty if it is not a JSON object
     */
    static Optional<ChatPayload> read(byte[] json) {
        if (!(RawJson.parse(json).orElse(null) instanceof RawJson.Members payload)) {
            return Optional.empty();
        }
        var choices = payload.items("choices");
        var choice =
                !choices.isEmpty() && choices.getFirst() instanceof RawJson.Members first
                        ? first
                        : null;
        return Optional.of(
                new ChatPayload(
                        payload.text("id"),
                        payload.text("model"),
                        choice == null ? null : Choice.of(choice),
                        ChatUsage.in(payload, choice),
                        mayHoldError(payload, choice)));
    }

    /**
     * Nearly no answer does, and to find the error it would have to be read again. True of all that
     * {@link ErrorReading#readInAnswer} looks at in an object, and of more.
     */
    private static boolean mayHoldError(RawJson.Members payload, RawJson.@Nullable Members choice) {
        var members = payload.members();
        return members.containsKey("error")
                || members.containsKey("message")
                || members.containsKey("base_resp")
                || isErrorObject(payload.text("object"))
                || (choice != null && choice.members().containsKey("error"));
    }

    private static boolean isErrorObject(RawJson.@Nullable Text object) {
        return object != null
                && (object.span().length() > OBJECT_BYTES_MAX
                        || object.value().strip().equals("error"));
    }

    /**
     * The error that it holds.
     *
     * @param json from which it was read
     */
    Optional<ErrorMeaning> error(byte[] json) {
        return mayHoldError ? ErrorReading.readInAnswer(json) : Optional.empty();
    }

    private static RawJson.@Nullable Text filled(RawJson.Members members, String name) {
        var text = members.text(name);
        return text == null || text.isEmpty() ? null : text;
    }
}
