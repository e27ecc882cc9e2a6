package dev.nightmail.pipeline.answer;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON in what a model wrote. Models without structured output like to think aloud first, to
 * put a fence around it, or a sentence; all of it was paid for, and asking again would be too.
 */
final class JsonInText {

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    private static final String THOUGHT = "<think>";
    private static final String THOUGHT_END = "</think>";
    private static final String FENCE = "```";

    private JsonInText() {}

    /**
     * The one JSON value; null if there is none, or if it is not clear which of several is meant.
     */
    static @Nullable JsonNode find(String text) {
        var said = withoutThought(text.strip());
        return Stream.of(said, fenced(said), bracketed(said))
                .map(JsonInText::parsed)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /**
     * A thought without its end has no answer behind it; one without its beginning lost that to a
     * template that wrote the tag itself.
     */
    private static String withoutThought(String text) {
        int end = text.indexOf(THOUGHT_END);
        if (text.startsWith(THOUGHT)) {
            return end < 0 ? "" : text.substring(end + THOUGHT_END.length()).strip();
        }
        boolean isThought = end >= 0 && text.indexOf(THOUGHT) < 0 && parsed(text) == null;
        return isThought ? text.substring(end + THOUGHT_END.length()).strip() : text;
    }

    /** What stands in the only fence, on one line or many. */
    private static String fenced(String text) {
        int open = text.indexOf(FENCE);
        int close = text.lastIndexOf(FENCE);
        if (open < 0 || close == open || text.indexOf(FENCE, open + FENCE.length()) != close) {
            return "";
        }
        var inside = text.substring(open + FENCE.length(), close).strip();
        return inside.regionMatches(true, 0, "json", 0, 4) ? inside.substring(4) : inside;
    }

    /** An object or a list with words before or after it. */
    private static String bracketed(String text) {
        return List.of("{}", "[]").stream()
                .filter(pair -> text.indexOf(pair.charAt(0)) >= 0)
                .sorted((one, other) ->
                        Integer.compare(text.indexOf(one.charAt(0)), text.indexOf(other.charAt(0))))
                .findFirst()
                .map(pair -> {
                    int begin = text.indexOf(pair.charAt(0));
                    int end = text.lastIndexOf(pair.charAt(1));
                    return end < begin ? "" : text.substring(begin, end + 1);
                })
                .orElse("");
    }

    private static @Nullable JsonNode parsed(String text) {
        if (text.isBlank()) {
            return null;
        }
        try {
            return JSON.readTree(text);
        } catch (JacksonException _) {
            return null;
        }
    }
}
