package dev.nightmail.journal.request;

import dev.nightmail.core.request.RequestSummary;
import dev.nightmail.journal.format.StoredJson;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** What a line of requests says of itself, where its index record is gone. */
final class RequestText {

    /** Rough, as the estimate it stands in for. */
    private static final int BYTES_PER_TOKEN = 4;

    private RequestText() {}

    /** Empty unless it is a whole line of our own form. */
    static Optional<RequestSummary> summary(byte[] array, int offset, int length) {
        var customId = RequestLine.customId(array, offset, length);
        if (customId.isEmpty()) {
            return Optional.empty();
        }
        int from = RequestLine.paramsOffset(customId.get());
        int params = length - from - RequestLine.AFTER_PARAMS.length - 1;
        if (params < 2 || array[offset + length - 2] != RequestLine.AFTER_PARAMS[0]) {
            return Optional.empty();
        }
        try (var json = StoredJson.parser(array, offset + from, params)) {
            return json.nextToken() == JsonToken.START_OBJECT
                    ? summary(json, params)
                    : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static Optional<RequestSummary> summary(JsonParser json, int paramsBytes) {
        var model = "";
        int outputTokensMax = 0;
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            var value = json.nextToken();
            switch (name) {
                case "model" -> model = value == JsonToken.VALUE_STRING ? json.getString() : "";
                case "max_tokens" -> outputTokensMax = maxTokens(json, value);
                default -> {}
            }
            json.skipChildren();
        }
        return json.nextToken() == null
                ? Optional.of(
                        new RequestSummary(model, paramsBytes / BYTES_PER_TOKEN, outputTokensMax))
                : Optional.empty();
    }

    private static int maxTokens(JsonParser json, JsonToken value) {
        if (value != JsonToken.VALUE_NUMBER_INT && value != JsonToken.VALUE_NUMBER_FLOAT) {
            return 0;
        }
        double stated = json.getDoubleValue();
        return stated >= 1 && stated <= Integer.MAX_VALUE ? (int) stated : 0;
    }
}
