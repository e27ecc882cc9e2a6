package dev.nightmail.wire.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads a line of a provider's results. */
public final class ResultReading {

    /** Where the id of a line that is no JSON is looked for. */
    private static final int ID_WITHIN_BYTES = 4_096;

    private static final Pattern CUSTOM_ID =
            Pattern.compile("\"custom_id\"\\s*:\\s*\"([A-Za-z0-9_-]{1,64})\"");

    private @Nullable String customId;
    private @Nullable String type;
    private byte @Nullable [] message;
    private byte @Nullable [] error;

    private ResultReading() {}

    /** A line's result. */
    public sealed interface Read {
        String customId();

        /**
         * @param message the bytes of the Message
         */
        @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
        record Succeeded(String customId, byte[] message) implements Read {}

        /**
         * @param error the bytes of the error response
         */
        @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
        record Errored(String customId, byte[] error) implements Read {}

        record Canceled(String customId) implements Read {}

        record Expired(String customId) implements Read {}

        /** A type of next year, or one that lacks what belongs to it. */
        record Unknown(String customId) implements Read {}

        /**
         * No JSON: cut off, perhaps.
         *
         * @param customId that it seems to be of
         */
        record Garbled(String customId) implements Read {}
    }

    /**
     * Empty if it is about no request.
     *
     * @param received with or without a byte order mark in front
     */
    public static Optional<Read> line(byte[] received) {
        var line = ByteOrderMark.without(received);
        var reading = new ResultReading();
        try (var json = StrictJson.parserOfAnySize(line)) {
            if (!reading.readLine(json, line)) {
                return garbled(line);
            }
        } catch (JacksonException _) {
            return garbled(line);
        }
        return Optional.ofNullable(reading.customId).map(reading::read);
    }

    private static Optional<Read> garbled(byte[] line) {
        var start = new String(line, 0, Math.min(line.length, ID_WITHIN_BYTES), ISO_8859_1);
        var id = CUSTOM_ID.matcher(start);
        return id.find() ? Optional.of(new Read.Garbled(id.group(1))) : Optional.empty();
    }

    private boolean readLine(JsonParser json, byte[] line) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            if (name.equals("custom_id") && value == JsonToken.VALUE_STRING) {
                customId = json.getString();
            } else if (name.equals("result") && value == JsonToken.START_OBJECT) {
                readResult(json, line);
            } else {
                json.skipChildren();
            }
        }
        return json.nextToken() == null;
    }

    private void readResult(JsonParser json, byte[] line) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "type" -> type = value == JsonToken.VALUE_STRING ? json.getString() : null;
                case "message" -> message = object(json, value, line);
                case "error" -> error = object(json, value, line);
                default -> json.skipChildren();
            }
        }
    }

    private static byte @Nullable [] object(JsonParser json, JsonToken value, byte[] line) {
        int start = Math.toIntExact(json.currentTokenLocation().getByteOffset());
        json.skipChildren();
        int end = Math.toIntExact(json.currentLocation().getByteOffset());
        return value == JsonToken.START_OBJECT ? Arrays.copyOfRange(line, start, end) : null;
    }

    private Read read(String id) {
        return switch (type) {
            case "succeeded" ->
                    message == null ? new Read.Unknown(id) : new Read.Succeeded(id, message);
            case "errored" -> error == null ? new Read.Unknown(id) : new Read.Errored(id, error);
            case "canceled" -> new Read.Canceled(id);
            case "expired" -> new Read.Expired(id);
            case null, default -> new Read.Unknown(id);
        };
    }
}
