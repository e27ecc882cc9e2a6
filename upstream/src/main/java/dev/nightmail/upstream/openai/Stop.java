package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
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
            @Nullable String finish,
            RawJson.@Nullable Text stopText,
            boolean usesTools,
            String refusal) {
        if (!refusal.isEmpty()) {
            return new Stop(REFUSAL, null, refusal);
        }
        return switch (finish) {
            // The second is z.ai's word.
            case "content_filter", "sensitive" -> new Stop(REFUSAL, null, "");
            case "length" -> new Stop("max_tokens", null, "");
            // Mistral's, then z.ai's: not the bound of the request, but that of the model.
            case "model_length", "model_context_window_exceeded" ->
                    new Stop("model_context_window_exceeded", null, "");
            case null, default -> ofItself(stopText, usesTools);
        };
    }

    private static Stop ofItself(RawJson.@Nullable Text stopText, boolean usesTools) {
        if (usesTools) {
            // Whatever the reason is called: a tool that had to be used ends with "stop".
            return new Stop("tool_use", null, "");
        }
        return stopText == null
                ? new Stop("end_turn", null, "")
                : new Stop("stop_sequence", stopText, "");
    }

    /** Whether a server says with this that it did not get to the end, whatever it sent. */
    static boolean isBroken(@Nullable String finish) {
        return switch (finish) {
            // The latter two are DeepSeek's and z.ai's.
            case "error", "abort", "insufficient_system_resource", "network_error" -> true;
            case null, default -> false;
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
