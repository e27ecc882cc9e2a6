package dev.nightmail.pipeline.client;

import dev.nightmail.wire.batch.BatchSeen;
import dev.nightmail.wire.json.ByteOrderMark;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A batch as the endpoint described it at one moment. */
public record BatchSnapshot(
        String id,
        BatchStatus status,
        RequestCounts counts,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant endedAt,
        @Nullable Instant cancelInitiatedAt,
        @Nullable Instant archivedAt) {

    static BatchSnapshot parse(String operation, byte[] json) {
        try {
            return of(JsonMapper.shared().readTree(json));
        } catch (JacksonException | DateTimeParseException | IllegalArgumentException e) {
            throw new BrokenAnswerException(
                    operation + " was answered with something that is no message batch", e);
        }
    }

    /**
     * A batch that was made: whatever else its description lacks, it is there.
     *
     * @param now stands for the time it was made, where that is not said
     */
    static BatchSnapshot made(BatchSeen batch, byte[] json, Instant now) {
        try {
            return of(JsonMapper.shared().readTree(ByteOrderMark.without(json)));
        } catch (JacksonException | DateTimeParseException | IllegalArgumentException _) {
            return new BatchSnapshot(
                    batch.id(),
                    batch.ended() ? BatchStatus.ENDED : BatchStatus.IN_PROGRESS,
                    new RequestCounts(batch.requests(), 0, 0, 0, 0),
                    batch.createdAt() == null ? now : batch.createdAt(),
                    null,
                    null,
                    null,
                    null);
        }
    }

    static BatchSnapshot of(JsonNode json) {
        var counts = json.path("request_counts");
        var id = json.path("id").asString("");
        var createdAt = time(json, "created_at");
        if (id.isEmpty() || createdAt == null) {
            throw new IllegalArgumentException("no id or no created_at");
        }
        return new BatchSnapshot(
                id,
                BatchStatus.ofWire(json.path("processing_status").asString("")),
                new RequestCounts(
                        counts.path("processing").asLong(0),
                        counts.path("succeeded").asLong(0),
                        counts.path("errored").asLong(0),
                        counts.path("canceled").asLong(0),
                        counts.path("expired").asLong(0)),
                createdAt,
                time(json, "expires_at"),
                time(json, "ended_at"),
                time(json, "cancel_initiated_at"),
                time(json, "archived_at"));
    }

    public boolean hasEnded() {
        return status == BatchStatus.ENDED;
    }

    private static @Nullable Instant time(JsonNode json, String field) {
        return json.path(field).isString()
                ? OffsetDateTime.parse(json.path(field).stringValue()).toInstant()
                : null;
    }
}
