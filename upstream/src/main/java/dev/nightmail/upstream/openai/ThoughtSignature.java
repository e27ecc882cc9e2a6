package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * Gemini signs the thought that led to a call of a tool, and refuses the next turn without that
 * signature. The Messages API has a place for what a client sends back unread: a {@code
 * redacted_thinking} block, which stands before the call.
 */
final class ThoughtSignature {

    private static final String MARK = "google-thought-signature:";

    private ThoughtSignature() {}

    /** The one that came with a call; null if there is none. */
    static RawJson.@Nullable Text in(RawJson.Members call) {
        var extra = call.object("extra_content");
        var google = extra == null ? null : extra.object("google");
        var signature = google == null ? null : google.text("thought_signature");
        return signature == null || signature.isEmpty() ? null : signature;
    }

    /** The block by which a client sends it back. */
    static void writeBlock(JsonWriter out, RawJson.Text signature) {
        out.beginObject();
        out.name("type").value("redacted_thinking");
        out.name("data").beginText().text(MARK).text(signature).endText();
        out.endObject();
    }

    /** The signature in the data of a block that has come back; null if that is of another kind. */
    static @Nullable String of(RawJson.Text data) {
        var value = data.value();
        return value.startsWith(MARK) ? value.substring(MARK.length()) : null;
    }

    /** What a call has to bring back. */
    static void write(JsonWriter out, String signature) {
        out.name("extra_content").beginObject();
        out.name("google").beginObject();
        out.name("thought_signature").value(signature);
        out.endObject().endObject();
    }
}
