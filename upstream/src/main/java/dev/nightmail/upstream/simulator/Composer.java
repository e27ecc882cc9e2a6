package dev.nightmail.upstream.simulator;

import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.schema.SchemaSampler;
import dev.nightmail.upstream.schema.UnsatisfiableException;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Writes the answer to a request that has passed the check: a function of the request alone. */
final class Composer {

    /** Every text answer begins so; the ids say it of every other. */
    private static final String MARK = "[simulated] ";

    /** No model writes more, beta or not. */
    private static final long TOKENS_MAX = 300_000;

    private static final char[] BASE_58 =
            "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".toCharArray();

    private final JsonNode params;
    private final long hash;
    private final RandomGenerator random;
    private final OptionalLong length;

    private Composer(JsonNode params, long hash, OptionalLong length) {
        this.params = params;
        this.hash = hash;
        this.random = new SplittableRandom(hash);
        this.length = length;
    }

    /**
     * @param hash of seed and request, from which all chance comes
     * @param length of an answer in words, in tokens; empty if it may be as long as it happens to
     *     be
     */
    static Reply compose(JsonNode params, long hash, OptionalLong length) throws RefusedException {
        return new Composer(params, hash, length).compose();
    }

    private Reply compose() throws RefusedException {
        long tokensMax = params.path("max_tokens").longValue();
        if (tokensMax == 0) {
            return reply(new Reply.Content.None(), "max_tokens", null, 0);
        }
        return switch (Shape.of(params, hash)) {
            case Shape.Text _ -> text(words(), tokensMax);
            case Shape.Json(var schema) -> text(json(schema, "the output schema"), tokensMax);
            case Shape.Tool(var name, var schema) -> toolUse(name, schema, tokensMax);
        };
    }

    private String words() {
        String prompt = PromptReader.lastUserText(params);
        var words = new StringBuilder(MARK).append(PromptWording.paragraph(prompt, random));
        if (length.isEmpty()) {
            return words.toString();
        }
        int characters = Tokens.characters(Math.min(TOKENS_MAX, length.getAsLong()));
        while (words.length() < characters) {
            words.append(' ').append(PromptWording.paragraph(prompt, random));
        }
        return PromptWording.cut(words.toString(), characters);
    }

    private String json(JsonNode schema, String what) throws RefusedException {
        try {
            return SchemaSampler.sample(
                            schema, new PromptWording(PromptReader.lastUserText(params)), random)
                    .toString();
        } catch (UnsatisfiableException e) {
            throw RefusedException.invalid(
                    "the simulator found no value for " + what + ": " + e.reason());
        }
    }

    private Reply toolUse(String name, @Nullable JsonNode schema, long tokensMax)
            throws RefusedException {
        String toolInput = schema == null ? "{}" : json(schema, "the input of tool " + name);
        long tokens = Tokens.of(toolInput) + Tokens.of(name);
        if (tokens > tokensMax) {
            // Half an input is none: what fits is the announcement of it.
            return text(MARK + "The call of the tool did not fit into max_tokens.", tokensMax);
        }
        return reply(
                new Reply.Content.ToolUse("toolu_sim_" + letters(hash + 1, 20), name, toolInput),
                "tool_use",
                null,
                tokens);
    }

    private Reply text(String whole, long tokensMax) {
        String stop = null;
        int end = whole.length();
        for (var candidate : params.path("stop_sequences").values()) {
            int at = whole.indexOf(candidate.stringValue());
            if (at >= 0 && at < end) {
                end = at;
                stop = candidate.stringValue();
            }
        }
        String text = whole.substring(0, end);
        if (Tokens.of(text) > tokensMax) {
            String cut = PromptWording.cut(text, Tokens.characters(tokensMax));
            return reply(content(cut), "max_tokens", null, tokensMax);
        }
        return reply(
                content(text),
                stop == null ? "end_turn" : "stop_sequence",
                stop,
                Math.max(1, Tokens.of(text)));
    }

    private static Reply.Content content(String text) {
        return text.isEmpty() ? new Reply.Content.None() : new Reply.Content.Text(text);
    }

    private Reply reply(
            Reply.Content content, String stopReason, @Nullable String stopSequence, long output) {
        return new Reply(
                "msg_sim_" + letters(hash, 20),
                params.path("model").stringValue(),
                content,
                stopReason,
                stopSequence,
                new Usage(0, output, 0, 0, 0));
    }

    /** An id for the exchange itself. */
    static String requestId(long hash) {
        return "req_sim_" + letters(hash + 2, 20);
    }

    /** Letters for an id, by a hash. */
    private static String letters(long hash, int count) {
        var letters = new char[count];
        long rest = hash;
        for (int i = 0; i < count; i++) {
            if (i % 10 == 0) {
                rest = Mixing.mix(hash + i + 1);
            }
            letters[i] = BASE_58[(int) Long.remainderUnsigned(rest, BASE_58.length)];
            rest = Long.divideUnsigned(rest, BASE_58.length);
        }
        return new String(letters);
    }
}
