package dev.nightmail.upstream.wire;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;

/** Whole error responses: {@code {"type":"error","error":{…},"request_id":…}}. */
public final class ErrorBody {

    private ErrorBody() {}

    /** An error response of our own making. */
    public static JsonBytes of(ErrorType type, String message, @Nullable String requestId) {
        var out = new ByteArrayOutputStream(160);
        try (var json = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("type", "error");
            json.writeObjectPropertyStart("error");
            json.writeStringProperty("type", type.wireName());
            json.writeStringProperty("message", message);
            json.writeEndObject();
            json.writeName("request_id");
            if (requestId == null) {
                json.writeNull();
            } else {
                json.writeString(requestId);
            }
            json.writeEndObject();
        }
        return JsonBytes.of(out.toByteArray());
    }

    /**
     * Whether a body is valid JSON and has {@code type}, {@code error.type}, {@code error.message}.
     */
    public static boolean hasWireShape(byte[] body) {
        try (var json = Json.parser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            boolean typed = false;
            boolean described = false;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                var value = json.nextToken();
                if (name.equals("type")) {
                    typed = value == JsonToken.VALUE_STRING && json.getString().equals("error");
                } else if (name.equals("error") && value == JsonToken.START_OBJECT) {
                    described = describes(json);
                } else {
                    json.skipChildren();
                }
            }
            return json.nextToken() == null && typed && described;
        } catch (JacksonException _) {
            return false;
        }
    }

    private static boolean describes(JsonParser json) {
        boolean type = false;
        boolean message = false;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            if (name.equals("type")) {
                type = value == JsonToken.VALUE_STRING;
            } else if (name.equals("message")) {
                message = value == JsonToken.VALUE_STRING;
            }
            json.skipChildren();
        }
        return type && message;
    }
}
