package dev.nightmail.cli.batches;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Checks what a create call would refuse the whole batch for: the envelope of each request. What is
 * in {@code params} is the model's business, and its errors are results.
 *
 * <p>A line of other batch APIs, {@code
 * {"custom_id":…,"method":"POST","url":"/v1/messages","body":{…}}}, is one too if it is for this
 * API: its body are the params.
 */
final class RequestCheck {

    /** Wire contract, section 1.5. */
    private static final Pattern CUSTOM_ID = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, Long> lineByCustomId = new HashMap<>();

    /**
     * What is wrong with a line, empty if nothing is.
     *
     * @param number of the line, for later duplicates of its id
     */
    Optional<String> problem(byte[] line, long number) {
        try (var parser = JSON.createParser(ObjectReadContext.empty(), line)) {
            return Optional.ofNullable(problem(parser, number));
        } catch (JacksonException e) {
            // The parser's own message may quote the line, which is not ours to show.
            var location = e.getLocation();
            return Optional.of(
                    "is not valid JSON"
                            + (location == null ? "" : " at column " + location.getColumnNr()));
        }
    }

    private @Nullable String problem(JsonParser parser, long number) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return "expected an object with custom_id and params";
        }
        String customId = null;
        var paramsSeen = false;
        var bodySeen = false;
        var inOtherForm = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            var value = parser.nextToken();
            switch (name) {
                case "custom_id" -> {
                    if (value != JsonToken.VALUE_STRING) {
                        return "custom_id: expected a string";
                    }
                    if (customId != null) {
                        return "custom_id: given twice";
                    }
                    customId = parser.getString();
                }
                case "params" -> {
                    if (value != JsonToken.START_OBJECT) {
                        return "params: expected an object";
                    }
                    if (bodySeen) {
                        return "params: stands beside body; one of them is enough";
                    }
                    paramsSeen = true;
                    parser.skipChildren();
                }
                case "body" -> {
                    if (value != JsonToken.START_OBJECT) {
                        return "body: expected an object";
                    }
                    if (paramsSeen) {
                        return "body: stands beside params; one of them is enough";
                    }
                    inOtherForm = true;
                    bodySeen = true;
                    parser.skipChildren();
                }
                case "method" -> {
                    if (value != JsonToken.VALUE_STRING || !parser.getString().equals("POST")) {
                        return "method: only POST is sent";
                    }
                    inOtherForm = true;
                }
                case "url" -> {
                    if (value != JsonToken.VALUE_STRING || !isForMessages(parser.getString())) {
                        return "url: only /v1/messages can be asked here. Requests to /v1/chat/completions have another form: write their model, messages and max_tokens as params of the Messages API";
                    }
                    inOtherForm = true;
                }
                default -> {
                    return name + ": not a field of a request; those are custom_id and params";
                }
            }
        }
        if (parser.nextToken() != null) {
            return "holds more than one JSON value";
        }
        if (customId == null) {
            return "custom_id: is missing";
        }
        if (inOtherForm && !bodySeen) {
            return "body: is missing";
        }
        if (!paramsSeen && !bodySeen) {
            return "params: is missing";
        }
        return problemOf(customId, number);
    }

    private static boolean isForMessages(String url) {
        return url.endsWith("/v1/messages");
    }

    private @Nullable String problemOf(String customId, long number) {
        if (!CUSTOM_ID.matcher(customId).matches()) {
            return "custom_id: expected 1 to 64 letters, digits, _ or -";
        }
        var before = lineByCustomId.putIfAbsent(customId, number);
        return before == null ? null : "custom_id: " + customId + " is also on line " + before;
    }
}
