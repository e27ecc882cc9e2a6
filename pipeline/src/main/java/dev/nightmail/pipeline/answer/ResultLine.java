package dev.nightmail.pipeline.answer;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One line of a batch's results. */
public record ResultLine(String customId, Outcome outcome) {

    /** Whether a line is a JSON object: whatever is not, is no line of any results. */
    public static boolean isObject(byte[] line) {
        try {
            return JsonMapper.shared().readTree(line).isObject();
        } catch (JacksonException _) {
            return false;
        }
    }

    /**
     * Empty if the line is no result: broken JSON, no {@code custom_id}, or a type this API does
     * not have.
     */
    public static Optional<ResultLine> parse(byte[] line) {
        try {
            var json = JsonMapper.shared().readTree(line);
            var customId = json.path("custom_id").asString("");
            return customId.isEmpty()
                    ? Optional.empty()
                    : outcome(json.path("result"))
                            .map(outcome -> new ResultLine(customId, outcome));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static Optional<Outcome> outcome(JsonNode result) {
        return switch (result.path("type").asString("")) {
            case "succeeded" ->
                    Optional.of(new Outcome.Succeeded(Message.of(result.path("message"))));
            // result.error is a whole error response: the error proper is one level further down.
            case "errored" ->
                    Optional.of(
                            Outcome.Errored.of(
                                    JsonMapper.shared().writeValueAsBytes(result.path("error"))));
            case "canceled" -> Optional.of(new Outcome.Canceled());
            case "expired" -> Optional.of(new Outcome.Expired());
            default -> Optional.empty();
        };
    }
}
