package dev.nightmail.upstream.json;

import dev.nightmail.wire.json.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Builds the values of one document in one pass. The parser says where a value begins and that it
 * is valid; where a string ends we look up ourselves, since the parser would have to decode it to
 * say.
 */
final class RawReader {

    private final byte[] bytes;
    private final JsonParser json;

    private RawReader(byte[] bytes, JsonParser json) {
        this.bytes = bytes;
        this.json = json;
    }

    static Optional<RawJson> read(byte[] bytes) {
        try (var json = StrictJson.parser(bytes)) {
            var first = json.nextToken();
            if (first == null) {
                return Optional.empty();
            }
            var value = new RawReader(bytes, json).value(first);
            return json.nextToken() == null ? Optional.of(value) : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    /** The value whose first token has just been read. */
    private RawJson value(JsonToken first) {
        int from = Math.toIntExact(json.currentTokenLocation().getByteOffset());
        return switch (first) {
            case START_OBJECT -> members(from);
            case START_ARRAY -> items(from);
            case VALUE_STRING -> new RawJson.Text(new Span(bytes, from, endOfString(from)));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    new RawJson.Numeral(new Span(bytes, from, endOfNumber(from)));
            case VALUE_TRUE -> new RawJson.Bool(new Span(bytes, from, from + 4), true);
            case VALUE_FALSE -> new RawJson.Bool(new Span(bytes, from, from + 5), false);
            case VALUE_NULL -> new RawJson.Null(new Span(bytes, from, from + 4));
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw new IllegalStateException("no value begins with " + first);
        };
    }

    private RawJson.Members members(int from) {
        var members = new LinkedHashMap<String, RawJson>();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            members.put(name, value(json.nextToken()));
        }
        return new RawJson.Members(new Span(bytes, from, endOfToken()), members);
    }

    private RawJson.Items items(int from) {
        var items = new ArrayList<RawJson>();
        for (var next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
            items.add(value(next));
        }
        return new RawJson.Items(new Span(bytes, from, endOfToken()), items);
    }

    /** Behind the closing bracket that has just been read. */
    private int endOfToken() {
        return Math.toIntExact(json.currentTokenLocation().getByteOffset()) + 1;
    }

    /**
     * Of a string whose validity the parser only finds out on its way to the next token: it may not
     * end at all.
     */
    private int endOfString(int from) {
        int at = from + 1;
        while (at < bytes.length && bytes[at] != '"') {
            at += bytes[at] == '\\' ? 2 : 1;
        }
        return Math.min(at + 1, bytes.length);
    }

    private int endOfNumber(int from) {
        int at = from;
        while (at < bytes.length && isOfNumber(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean isOfNumber(byte c) {
        return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    }
}
