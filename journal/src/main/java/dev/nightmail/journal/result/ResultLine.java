package dev.nightmail.journal.result;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.result.Result.Canceled;
import dev.nightmail.core.result.Result.Errored;
import dev.nightmail.core.result.Result.Expired;
import dev.nightmail.core.result.Result.Succeeded;
import dev.nightmail.core.result.ResultType;
import dev.nightmail.core.result.SettledRequest;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.journal.format.Line;
import dev.nightmail.journal.format.LineWriter;
import dev.nightmail.journal.format.StoredJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A line of {@code results.jsonl}, exactly as {@code /results} serves it:
 *
 * <pre>
 * {"custom_id":"…","result":{"type":"succeeded","message":{…}}}
 * {"custom_id":"…","result":{"type":"errored","error":{…}}}
 * {"custom_id":"…","result":{"type":"canceled"}}
 * {"custom_id":"…","result":{"type":"expired"}}
 * </pre>
 *
 * @param usage as the message states it
 */
record ResultLine(CustomId customId, ResultType type, Usage usage) {

    private static final byte[] BEFORE_ID = ascii("{\"custom_id\":\"");
    private static final byte[] SUCCEEDED =
            ascii("\",\"result\":{\"type\":\"succeeded\",\"message\":");
    private static final byte[] ERRORED = ascii("\",\"result\":{\"type\":\"errored\",\"error\":");
    private static final byte[] CANCELED = ascii("\",\"result\":{\"type\":\"canceled\"");
    private static final byte[] EXPIRED = ascii("\",\"result\":{\"type\":\"expired\"");
    private static final byte[] END = ascii("}}");

    /** In the words of the wire: not the request's fault, so it may be sent again. */
    private static final byte[] WRITTEN_OFF =
            ascii(
                    "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"the stored result is damaged\"},\"request_id\":null}");

    static Line write(SettledRequest settled, LineWriter lines) throws IOException {
        lines.put(BEFORE_ID);
        lines.put(settled.customId().value());
        switch (settled.result()) {
            case Succeeded(var message, var _, var _) -> {
                lines.put(SUCCEEDED);
                lines.put(message.array());
            }
            case Errored(var error, var _) -> {
                lines.put(ERRORED);
                lines.put(error.array());
            }
            case Canceled _ -> lines.put(CANCELED);
            case Expired _ -> lines.put(EXPIRED);
        }
        lines.put(END);
        return lines.end();
    }

    /** The one line there is for a canceled or expired request. */
    static byte[] unanswered(CustomId customId, ResultType type) {
        var line = new ByteArrayOutputStream();
        line.writeBytes(BEFORE_ID);
        line.writeBytes(ascii(customId.value()));
        line.writeBytes(type == ResultType.CANCELED ? CANCELED : EXPIRED);
        line.writeBytes(END);
        line.write('\n');
        return line.toByteArray();
    }

    /**
     * The line that stands for a result that is lost.
     *
     * @param length to fill it up to with spaces; 0 for any
     * @return empty if it would be longer
     */
    static Optional<byte[]> writtenOff(CustomId customId, int length) {
        var line = new ByteArrayOutputStream();
        line.writeBytes(BEFORE_ID);
        line.writeBytes(ascii(customId.value()));
        line.writeBytes(ERRORED);
        line.writeBytes(WRITTEN_OFF);
        line.writeBytes(END);
        while (line.size() < length - 1) {
            line.write(' ');
        }
        line.write('\n');
        return length == 0 || line.size() == length
                ? Optional.of(line.toByteArray())
                : Optional.empty();
    }

    /** Reads a line that no index vouches for; empty unless it is one of ours and whole. */
    static Optional<ResultLine> parse(byte[] array, int offset, int length) {
        try (var json = StoredJson.parser(array, offset, length)) {
            return Optional.ofNullable(parse(json));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static @Nullable ResultLine parse(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT || !"custom_id".equals(json.nextName())) {
            return null;
        }
        var id = json.nextStringValue();
        if (id == null || !CustomId.isValid(id) || !"result".equals(json.nextName())) {
            return null;
        }
        if (json.nextToken() != JsonToken.START_OBJECT || !"type".equals(json.nextName())) {
            return null;
        }
        var type = type(json.nextStringValue());
        if (type == null) {
            return null;
        }
        var body = body(json, type);
        boolean ends =
                json.currentToken() == JsonToken.END_OBJECT
                        && json.nextToken() == JsonToken.END_OBJECT
                        && json.nextToken() == null;
        return body == null || !ends ? null : new ResultLine(new CustomId(id), type, body);
    }

    /** Reads on to the end of the result; the usage it states, or null if it is not a result. */
    private static @Nullable Usage body(JsonParser json, ResultType type) {
        var name = json.nextName();
        var expected =
                switch (type) {
                    case SUCCEEDED -> "message";
                    case ERRORED -> "error";
                    case CANCELED, EXPIRED -> null;
                };
        if (expected == null) {
            return name == null ? Usage.NONE : null;
        }
        if (!expected.equals(name) || json.nextToken() != JsonToken.START_OBJECT) {
            return null;
        }
        var usage = Usage.NONE;
        for (var field = json.nextName(); field != null; field = json.nextName()) {
            var value = json.nextToken();
            if (type == ResultType.SUCCEEDED
                    && field.equals("usage")
                    && value == JsonToken.START_OBJECT) {
                usage = UsageField.parse(json);
            } else {
                json.skipChildren();
            }
        }
        json.nextToken();
        return usage;
    }

    private static @Nullable ResultType type(@Nullable String name) {
        for (var type : ResultType.values()) {
            if (type.wireName().equals(name)) {
                return type;
            }
        }
        return null;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
