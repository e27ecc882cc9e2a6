package dev.nightmail.upstream.openai;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import java.util.Set;

/**
 * A request of the Messages API in the words of the other.
 *
 * @param body what is sent
 * @param model that was asked for
 * @param stream whether the answer is to come as events
 * @param thinking what the client wants of the model's thoughts
 * @param names those that its answer may repeat
 * @param extras what it has that not every server takes
 */
@SuppressWarnings("ArrayRecordComponent") // sent, never compared
record ChatRequest(
        byte[] body,
        RawJson.Text model,
        boolean stream,
        Thinking thinking,
        Names names,
        Set<Extra> extras) {

    /** What a request is put into the other words for. */
    enum Purpose {
        ANSWER,
        /** Only its prompt is of interest: {@code max_tokens} may be missing, and is not sent. */
        COUNT
    }

    /** What a client wants of the model's thoughts. */
    enum Thinking {
        /** It knows nothing of such blocks. */
        NONE,
        /** It sends such blocks back, but does not want to see what they hold. */
        OMITTED,
        SHOWN
    }

    /**
     * @param tools of the tools that it has
     * @param callIds of the calls that the conversation has so far
     * @param stops the stop sequences that it asks for
     */
    record Names(Set<String> tools, Set<String> callIds, Set<String> stops) {
        Names {
            tools = Set.copyOf(tools);
            callIds = Set.copyOf(callIds);
            stops = Set.copyOf(stops);
        }
    }

    /** What we add is less than this, mostly. */
    private static final int ADDED_BYTES = 512;

    ChatRequest {
        extras = Set.copyOf(extras);
    }

    boolean showsThinking() {
        return thinking == Thinking.SHOWN;
    }

    /** Whether the client sends back, unread, what a call needs to be understood later. */
    boolean keepsSignatures() {
        return thinking != Thinking.NONE;
    }

    /**
     * @throws RefusedException if it is not valid, or asks for what has no counterpart
     */
    static ChatRequest of(
            JsonBytes params, Purpose purpose, MaxTokensField maxTokensField, RefusedExtras refused)
            throws RefusedException {
        var request = RawJson.parse(params.array());
        if (request.isEmpty()) {
            throw RefusedException.invalid("params", "not valid JSON, or nested too deeply");
        }
        var out = new JsonWriter(params.length() + ADDED_BYTES);
        return new Translation(Fields.of(request.get()), purpose, refused, out)
                .translate(maxTokensField);
    }

    /** For a server that takes everything. */
    static ChatRequest of(JsonBytes params, Purpose purpose, MaxTokensField maxTokensField)
            throws RefusedException {
        return of(params, purpose, maxTokensField, new RefusedExtras());
    }
}
