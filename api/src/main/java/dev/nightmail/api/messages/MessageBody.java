package dev.nightmail.api.messages;

import dev.nightmail.api.json.JsonScanner;
import dev.nightmail.api.json.JsonScanner.Kind;
import dev.nightmail.api.json.MalformedJsonException;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.json.JsonBytes;

/**
 * The body of an interactive call. It has to be a JSON object; the rest is between the client and
 * the upstream.
 *
 * @param model that it names; empty if it names none
 * @param streams whether it asks for a stream
 */
record MessageBody(JsonBytes json, String model, boolean streams) {

    private static final int MODEL_BYTES_MAX = 256;

    static MessageBody parse(byte[] bytes) {
        try {
            return read(JsonScanner.of(bytes, 0, bytes.length), bytes);
        } catch (MalformedJsonException e) {
            throw ApiError.invalid("the body is not valid JSON: " + e.getMessage());
        }
    }

    private static MessageBody read(JsonScanner json, byte[] bytes) {
        if (json.kind() != Kind.OBJECT) {
            throw ApiError.invalid("the body: Input should be an object");
        }
        var model = "";
        boolean streams = false;
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals("model") && json.kind() == Kind.STRING) {
                model = json.string(MODEL_BYTES_MAX);
                if (model == null) {
                    throw ApiError.invalid(
                            "model: String should have at most %d bytes"
                                    .formatted(MODEL_BYTES_MAX));
                }
            } else {
                if (name.equals("stream")) {
                    streams = json.kind() == Kind.TRUE;
                }
                json.skip();
            }
        }
        json.end();
        return new MessageBody(JsonBytes.flatten(bytes), model, streams);
    }
}
