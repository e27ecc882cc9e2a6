package dev.nightmail.pipeline.client;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A batch as the endpoint described it at one moment. All but its id may be missing there: what is
 * not said counts nothing, and a time that is not said, or cannot be read, is null.
 */
public record BatchSnapshot(
        String id,
        BatchStatus status,
        RequestCounts counts,
        @Nullable Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant endedAt,
        @Nullable Instant cancelInitiatedAt,
        @Nullable Instant archivedAt) {

    static BatchSnapshot parse(String operation, byte[] json) {
        JacksonException notJson = null;
        try {
            var batch = of(AnswerJson.of(json));
            if (batch.isPresent()) {
                return batch.get();
            }
        } catch (JacksonException e) {
            notJson = e;
        }
        throw new BrokenAnswerException(
                operation + " was answered with something that is no message batch", notJson);
    }

    /** Empty if it has no id by which it could be asked for. */
    static Optional<BatchSnapshot> of(JsonNode json) {
        var id = json.path("id").stringValue("");
        if (id.isEmpty()) {
            return Optional.empty();
        }
        var counts = json.path("request_counts");
        return Optional.of(
                new BatchSnapshot(
                        id,
                        BatchStatus.ofWire(json.path("processing_status").asString("")),
                        new RequestCounts(
                                counts.path("processing").asLong(0),
                                counts.path("succeeded").asLong(0),
                                counts.path("errored").asLong(0),
                                counts.path("canceled").asLong(0),
                                counts.path("expired").asLong(0)),
                        time(json, "created_at"),
                        time(json, "expires_at"),
                        time(json, "ended_at"),
                        time(json, "cancel_initiated_at"),
                        time(json, "archived_at")));
    }

    public boolean hasEnded() {
        return status == BatchStatus.ENDED;
    }

    private static @Nullable Instant time(JsonNode json, String field) {
        try {
            return json.path(field).isString()
                    ? OffsetDateTime.parse(json.path(field).stringValue()).toInstant()
                    : null;
        } catch (DateTimeException _) {
            return null;
        }
    }
}
