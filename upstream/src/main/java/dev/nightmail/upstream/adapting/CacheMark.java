package dev.nightmail.upstream.adapting;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.wire.json.StrictJson;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Asks for what many requests have in common, tools and system prompt, to be cached: marks the last
 * block of the system prompt, or, where there is none, the last tool.
 */
final class CacheMark {

    private static final String MARK = "\"cache_control\":{\"type\":\"ephemeral\"}";
    private static final String IN_BLOCK = "," + MARK;
    private static final String BEFORE_TEXT = "[{\"type\":\"text\",\"text\":";
    private static final String BEHIND_TEXT = "," + MARK + "}]";

    private CacheMark() {}

    /** The body with the mark; as it is where there is nothing that can be marked. */
    static JsonBytes put(JsonBytes body) {
        try (var json = StrictJson.parser(body.array())) {
            return Splice.apply(body, splices(json));
        } catch (JacksonException _) {
            return body;
        }
    }

    private static List<Splice> splices(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return List.of();
        }
        List<Splice> system = List.of();
        List<Splice> tools = List.of();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "system" ->
                        system = value == JsonToken.VALUE_STRING ? text(json) : lastBlock(json);
                case "tools" -> tools = lastBlock(json);
                default -> json.skipChildren();
            }
        }
        return system.isEmpty() ? tools : system;
    }

    /** A system prompt that is a string becomes a block, as an empty one may not. */
    private static List<Splice> text(JsonParser json) {
        int start = Splice.start(json);
        boolean empty = json.getString().isEmpty();
        int end = Splice.end(json);
        return empty
                ? List.of()
                : List.of(new Splice(start, start, BEFORE_TEXT), new Splice(end, end, BEHIND_TEXT));
    }

    private static List<Splice> lastBlock(JsonParser json) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            json.skipChildren();
            return List.of();
        }
        Integer end = null;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            end = endOfBlock(json);
        }
        return end == null ? List.of() : List.of(new Splice(end, end, IN_BLOCK));
    }

    /** Where the closing brace stands; null if it is no object with something in it. */
    private static @Nullable Integer endOfBlock(JsonParser json) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return null;
        }
        boolean empty = true;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            empty = false;
            json.nextToken();
            json.skipChildren();
        }
        return empty ? null : Splice.start(json);
    }
}
