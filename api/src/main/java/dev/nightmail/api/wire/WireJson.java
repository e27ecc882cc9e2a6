package dev.nightmail.api.wire;

import dev.nightmail.core.error.ErrorType;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** How the bodies of answers are written. */
public final class WireJson {

    private static final JsonFactory FACTORY = JsonFactory.builder().build();
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private WireJson() {}

    /** One JSON object, the members of which {@code members} writes. */
    public static byte[] object(Consumer<JsonGenerator> members) {
        var bytes = new ByteArrayOutputStream(512);
        try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** An error response. */
    public static byte[] error(
            ErrorType type, String message, @Nullable String code, @Nullable String requestId) {
        return object(json -> {
            json.writeStringProperty("type", "error");
            json.writeObjectPropertyStart("error");
            json.writeStringProperty("type", type.wireName());
            json.writeStringProperty("message", message);
            if (code != null) {
                json.writeObjectPropertyStart("details");
                json.writeStringProperty("error_code", code);
                json.writeEndObject();
            }
            json.writeEndObject();
            stringOrNull(json, "request_id", requestId);
        });
    }

    public static void stringOrNull(JsonGenerator json, String name, @Nullable String value) {
        if (value == null) {
            json.writeNullProperty(name);
        } else {
            json.writeStringProperty(name, value);
        }
    }

    /** A moment as the wire writes it, to the microsecond; null stays null. */
    public static @Nullable String stamp(@Nullable Instant at) {
        return at == null ? null : STAMP.format(at);
    }
}
