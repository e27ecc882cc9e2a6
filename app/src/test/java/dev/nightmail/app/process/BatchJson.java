package dev.nightmail.app.process;

import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What batches look like on the wire. */
final class BatchJson {

    private BatchJson() {}

    static Predicate<JsonNode> succeeded(int count) {
        return batch -> batch.at("/request_counts/succeeded").asInt() == count;
    }

    /** The counts of a batch in which every request succeeded. */
    static JsonNode counts(int succeeded) {
        return counts(succeeded, 0);
    }

    /** The counts of a batch that ended by the clock. */
    static JsonNode counts(int succeeded, int expired) {
        return JsonMapper.shared()
                .readTree(
                        """
                        {"processing":0,"succeeded":%d,"errored":0,"canceled":0,"expired":%d}\
                        """
                                .formatted(succeeded, expired));
    }
}
