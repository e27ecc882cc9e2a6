package dev.nightmail.upstream.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.wire.error.Redaction;
import dev.nightmail.wire.json.StrictJson;
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
        return of(type, message, requestId, null);
    }

    /**
     * An error response of our own making.
     *
     * @param code {@code details.error_code}; null if there is none
     */
    public static JsonBytes of(
            ErrorType type, String message, @Nullable String requestId, @Nullable String code) {
        var out = new JsonWriter(160);
        out.beginObject();
        out.name("type").value("error");
        out.name("error").beginObject();
        out.name("type").value(type.wireName());
        out.name("message").value(message);
        if (code != null) {
            out.name("details").beginObject();
            out.name("error_code").value(code);
            out.endObject();
        }
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
     * A service's error response with its {@code request_id}, a string or null: clients expect it
     * there (wire contract, section 1.6), and some services only say it in a header.
     *
     * @param body flattened in place
     * @param requestId to be added where there is none; null if nobody said it
     * @return empty if the body is no JSON object
     */
    public static Optional<JsonBytes> completed(byte[] body, @Nullable String requestId) {
        try (var json = StrictJson.parser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            Edits edits = null;
            boolean empty = true;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                empty = false;
                boolean wanted = json.currentName().equals("request_id");
                var value = json.nextToken();
                int start = offset(json.currentTokenLocation().getByteOffset());
                boolean isText = value == JsonToken.VALUE_STRING && !json.getString().isEmpty();
                json.skipChildren();
                if (wanted) {
                    int end =
                            value == JsonToken.VALUE_NULL
                                    ? start + "null".length()
                                    : offset(json.currentLocation().getByteOffset());
                    // Of several the last one counts.
                    edits = new Edits();
                    if (!isText) {
                        edits.replace(start, end, quoted(requestId));
                    }
                }
            }
            int end = offset(json.currentTokenLocation().getByteOffset());
            if (json.nextToken() != null) {
                return Optional.empty();
            }
            if (edits == null) {
                edits = new Edits();
                edits.insert(end, (empty ? "" : ",") + "\"request_id\":" + quoted(requestId));
            }
            return Optional.of(JsonBytes.flatten(edits.in(body)));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static String quoted(@Nullable String text) {
        var out = new JsonWriter(64);
        if (text == null) {
            out.nothing();
        } else {
            out.value(text);
        }
        return new String(out.toByteArray(), UTF_8);
    }

    private static int offset(long byteOffset) {
        return Math.toIntExact(byteOffset);
    }

    /** Whether any name or text in it holds what is to be hidden, however it is escaped. */
    public static boolean holds(byte[] body, Redaction redaction) {
        try (var json = StrictJson.parser(body)) {
            for (var token = json.nextToken(); token != null; token = json.nextToken()) {
                boolean held =
                        switch (token) {
                            case PROPERTY_NAME -> redaction.isNeeded(json.currentName());
                            case VALUE_STRING -> redaction.isNeeded(json.getString());
                            default -> false;
                        };
                if (held) {
                    return true;
                }
            }
            return false;
        } catch (JacksonException _) {
            return true;
        }
    }

    /**
     * What an error response of a service says.
     *
     * @param type as published, or one of next year
     * @param message which may repeat a prompt: never for a log
     */
    public record Read(String type, String message) {

        /** Of what kind it is, never what it says. */
        @Override
        public String toString() {
            return "error " + type;
        }
    }

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
        String message = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "type" -> type = text(json, value);
                case "message" -> message = text(json, value);
                default -> {}
            }
            json.skipChildren();
        }
        return type != null && message != null ? new Read(type, message) : null;
    }

    private static @Nullable String text(JsonParser json, JsonToken value) {
        return value == JsonToken.VALUE_STRING ? json.getString() : null;
    }
}
