package dev.nightmail.upstream.openai;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;

/**
 * A request of the Messages API in the words of the other.
 *
 * @param body what is sent
 * @param model that was asked for
 * @param stream whether the answer is to come as events
 * @param showsThinking whether the client wants to see what the model thought
 */
@SuppressWarnings("ArrayRecordComponent") // sent, never compared
record ChatRequest(byte[] body, RawJson.Text model, boolean stream, boolean showsThinking) {

    /** What a request is put into the other words for. */
    enum Purpose {
        ANSWER,
        /** Only its prompt is of interest: {@code max_tokens} may be missing, and is not sent. */
        COUNT
    }

    /** What we add is less than this, mostly. */
    private static final int ADDED_BYTES = 512;

    /**
     * @throws RefusedException if it is not valid, or asks for what has no counterpart
     */
    static ChatRequest of(
            JsonBytes params, ApiVersion version, Purpose purpose, MaxTokensField maxTokensField)
            throws RefusedException {
        var request = RawJson.parse(params.array());
        if (request.isEmpty()) {
            throw RefusedException.invalid("params", "not valid JSON, or nested too deeply");
        }
        var out = new JsonWriter(params.length() + ADDED_BYTES);
        return new Translation(Fields.of(request.get()), version, purpose, out)
                .translate(maxTokensField);
    }
}
