package dev.nightmail.upstream.wire;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.StrictJson;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Whole error responses: {@code {"type":"error","error":{…},"request_id":…}}. */
public final class ErrorBody {

    private ErrorBody() {}

    /** An error response of our own making. */
    public static JsonBytes of(ErrorType type, String message, @Nullable String requestId) {
        var out = new JsonWriter(160);
        out.beginObject();
        out.name("type").value("error");
        out.name("error").beginObject();
        out.name("type").value(type.wireName());
        out.name("message").value(message);
        out.endObject();
        out.name("request_id");
        if (requestId == null) {
            out.nothing();
        } else {
            out.value(requestId);
        }
        out.endObject();
        return JsonBytes.of(out.toByteArray());
    }

    /**
     * What an error response of a service says of its kind.
     *
     * @param type as published, or one of next year
     * @param code {@code details.error_code}, if there is one
     */
    public record Read(String type, @Nullable String code) {}

    /**
     * @return empty unless the body is valid JSON and has {@code type}, {@code error.type} and
     *     {@code error.message}
     */
    public static Optional<Read> read(byte[] body) {
        try (var json = StrictJson.parser(body)) {
            return Optional.ofNullable(read(json));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static @Nullable Read read(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return null;
        }
        boolean isError = false;
        Read error = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            if (name.equals("type")) {
                isError = value == JsonToken.VALUE_STRING && json.getString().equals("error");
            } else if (name.equals("error") && value == JsonToken.START_OBJECT) {
                error = readError(json);
            } else {
                json.skipChildren();
            }
        }
        return json.nextToken() == null && isError ? error : null;
    }

    private static @Nullable Read readError(JsonParser json) {
        String type = null;
        String code = null;
        boolean described = false;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "type" -> type = text(json, value);
                case "message" -> described = text(json, value) != null;
                case "details" -> code = value == JsonToken.START_OBJECT ? readCode(json) : code;
                default -> {}
            }
            json.skipChildren();
        }
        return type != null && described ? new Read(type, code) : null;
    }

    private static @Nullable String readCode(JsonParser json) {
        String code = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean wanted = json.currentName().equals("error_code");
            var value = json.nextToken();
            code = wanted ? text(json, value) : code;
            json.skipChildren();
        }
        return code;
    }

    private static @Nullable String text(JsonParser json, JsonToken value) {
        return value == JsonToken.VALUE_STRING ? json.getString() : null;
    }
}
