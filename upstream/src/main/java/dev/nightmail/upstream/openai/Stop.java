package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why an answer ended, in the words of the Messages API.
 *
 * @param sequence the stop sequence that ended it
 * @param explanation what the model or its server said of a refusal; empty if nothing
 */
record Stop(String reason, RawJson.@Nullable Text sequence, String explanation) {

    private static final String REFUSAL = "refusal";

    /**
     * @param finish as the server said it; null if it did not
     * @param stopText the stop sequence that it says it found
     */
    static Stop of(
            ChatRequest request,
            @Nullable String finish,
            RawJson.@Nullable Text stopText,
            boolean usesTools,
            String refusal) {
        if (!refusal.isEmpty()) {
            return new Stop(REFUSAL, null, refusal);
        }
        return switch (word(finish)) {
            // The second is z.ai's word.
            case "content_filter", "sensitive" -> new Stop(REFUSAL, null, detail(finish));
            // Gemini's: what it will not say is told.
            case "safety",
                    "recitation",
                    "blocklist",
                    "prohibited_content",
                    "spii",
                    "image_safety",
                    "model_armor" ->
                    new Stop(REFUSAL, null, finish == null ? "" : finish);
            case "refusal" -> new Stop(REFUSAL, null, "");
            case "length", "max_tokens", "max_output_tokens" -> new Stop("max_tokens", null, "");
            // Mistral's, then z.ai's: not the bound of the request, but that of the model.
            case "model_length", "model_context_window_exceeded" ->
                    new Stop("model_context_window_exceeded", null, "");
            default -> ofItself(request, stopText, usesTools);
        };
    }

    /** Some write it in capitals, and gateways put what they were told behind a word of theirs. */
    private static String word(@Nullable String finish) {
        return finish == null ? "" : finish.split(":", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private static String detail(@Nullable String finish) {
        int colon = finish == null ? -1 : finish.indexOf(':');
        return finish == null || colon < 0 ? "" : finish.substring(colon + 1).strip();
    }

    private static Stop ofItself(
            ChatRequest request, RawJson.@Nullable Text stopText, boolean usesTools) {
        if (usesTools) {
            // Whatever the reason is called: a tool that had to be used ends with "stop".
            return new Stop("tool_use", null, "");
        }
        // Servers also stop at words of the model's template, which are nobody's business here.
        return stopText == null || !request.names().stops().contains(stopText.value())
                ? new Stop("end_turn", null, "")
                : new Stop("stop_sequence", stopText, "");
    }

    /** Whether a server says with this that it did not get to the end, whatever it sent. */
    static boolean isBroken(@Nullable String finish) {
        return switch (word(finish)) {
            // The latter two are DeepSeek's and z.ai's.
            case "error", "abort", "insufficient_system_resource", "network_error" -> true;
            // Gemini's: it wanted to call a tool, and could not say how.
            case "malformed_function_call", "unexpected_tool_call", "malformed_response" -> true;
            default -> false;
        };
    }

    /** Whether an answer that ends like this and says nothing at all is none. */
    static boolean promisesMore(@Nullable String finish) {
        return switch (word(finish)) {
            case "", "tool_calls", "tool_call", "function_call", "tool_use" -> true;
            default -> false;
        };
    }

    void write(JsonWriter out) {
        out.name("stop_reason").value(reason);
        out.name("stop_sequence");
        if (sequence == null) {
            out.nothing();
        } else {
            out.value(sequence);
        }
        out.name("stop_details");
        if (reason.equals(REFUSAL)) {
            out.beginObject();
            out.name("type").value(REFUSAL);
            out.name("category").nothing();
            out.name("explanation");
            if (explanation.isEmpty()) {
                out.nothing();
            } else {
                out.value(explanation);
            }
            out.endObject();
        } else {
            out.nothing();
        }
    }
}
