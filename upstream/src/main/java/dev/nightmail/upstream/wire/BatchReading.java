package dev.nightmail.upstream.wire;

import dev.nightmail.core.upstream.BatchUpstream.Seen;
import dev.nightmail.upstream.json.StrictJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads a MessageBatch, or a page of them, for what we act on. */
public final class BatchReading {

    private @Nullable String id;
    private @Nullable String status;
    private @Nullable Instant createdAt;
    private boolean archived;
    private long requests;

    private BatchReading() {}

    /** Empty unless it is a batch with an id, a status, counts and a time. */
    public static Optional<Seen> batch(byte[] body) {
        try (var json = StrictJson.parser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            var batch = read(json);
            return json.nextToken() == null ? batch : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    /** A page of batches. */
    public record Page(List<Seen> batches, boolean hasMore) {}

    /** Empty unless it is a page, all of whose batches can be read. */
    public static Optional<Page> page(byte[] body) {
        try (var json = StrictJson.parser(body)) {
            return Optional.ofNullable(readPage(json));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static @Nullable Page readPage(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return null;
        }
        List<Seen> batches = null;
        boolean hasMore = false;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            if (name.equals("data") && value == JsonToken.START_ARRAY) {
                batches = new ArrayList<>();
                while (json.nextToken() == JsonToken.START_OBJECT) {
                    var batch = read(json);
                    if (batch.isEmpty()) {
                        return null;
                    }
                    batches.add(batch.get());
                }
            } else if (name.equals("has_more")) {
                hasMore = value == JsonToken.VALUE_TRUE;
            } else {
                json.skipChildren();
            }
        }
        return batches == null ? null : new Page(batches, hasMore);
    }

    /** Reads to the end of the object that has begun. */
    private static Optional<Seen> read(JsonParser json) {
        var reading = new BatchReading();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            reading.field(json, json.currentName(), json.nextToken());
        }
        var id = reading.id;
        var createdAt = reading.createdAt;
        if (id == null || reading.status == null || createdAt == null) {
            return Optional.empty();
        }
        return Optional.of(
                new Seen(
                        id,
                        createdAt,
                        reading.status.equals("ended"),
                        Math.toIntExact(Math.min(reading.requests, Integer.MAX_VALUE)),
                        reading.archived));
    }

    private void field(JsonParser json, String name, JsonToken value) {
        switch (name) {
            case "id" -> id = text(json, value);
            case "processing_status" -> status = text(json, value);
            case "created_at" -> createdAt = time(text(json, value));
            case "archived_at" -> archived = value == JsonToken.VALUE_STRING;
            case "request_counts" -> {
                if (value == JsonToken.START_OBJECT) {
                    requests = sum(json);
                }
            }
            default -> {}
        }
        json.skipChildren();
    }

    private static @Nullable String text(JsonParser json, JsonToken value) {
        return value == JsonToken.VALUE_STRING ? json.getString() : null;
    }

    private static @Nullable Instant time(@Nullable String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException _) {
            return null;
        }
    }

    private static long sum(JsonParser json) {
        long sum = 0;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            if (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                sum += Math.max(0, json.getIntValue());
            } else {
                json.skipChildren();
            }
        }
        return sum;
    }
}
