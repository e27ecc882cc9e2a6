package dev.nightmail.journal.result;

import dev.nightmail.core.usage.Usage;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;

/** The {@code usage} of a message. What it leaves out or sets to null is 0. */
final class UsageField {

    private long input;
    private long output;
    private long cacheCreation;
    private long cacheCreation5m;
    private long cacheCreation1h;
    private long cacheRead;

    private UsageField() {}

    /** Reads from the opening brace of the object to its closing one. */
    static Usage parse(JsonParser json) {
        var field = new UsageField();
        field.take(json);
        return field.usage();
    }

    private void take(JsonParser json) {
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            var value = json.nextToken();
            if (value == JsonToken.VALUE_NUMBER_INT) {
                take(name, json);
            } else if (value == JsonToken.START_OBJECT && name.equals("cache_creation")) {
                take(json);
            } else {
                json.skipChildren();
            }
        }
    }

    /** Only what we know is read: a figure of somebody else's may be of any size. */
    private void take(String name, JsonParser json) {
        switch (name) {
            case "input_tokens" -> input = tokens(json);
            case "output_tokens" -> output = tokens(json);
            case "cache_creation_input_tokens" -> cacheCreation = tokens(json);
            case "ephemeral_5m_input_tokens" -> cacheCreation5m = tokens(json);
            case "ephemeral_1h_input_tokens" -> cacheCreation1h = tokens(json);
            case "cache_read_input_tokens" -> cacheRead = tokens(json);
            default -> {}
        }
    }

    private static long tokens(JsonParser json) {
        if (json.getNumberType() == NumberType.BIG_INTEGER) {
            return 0;
        }
        long tokens = json.getLongValue();
        return tokens < 0 || tokens > Usage.TOKENS_MAX ? 0 : tokens;
    }

    private Usage usage() {
        return Usage.told(
                input, output, cacheCreation, cacheCreation5m, cacheCreation1h, cacheRead);
    }
}
