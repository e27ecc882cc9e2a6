package dev.nightmail.wire.json;

import dev.nightmail.wire.batch.BatchSeen;
import dev.nightmail.wire.batch.BatchSeenPage;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;

/**
 * Reads a MessageBatch, or a page of them, for what we act on. A byte order mark in front is passed
 * over.
 */
public final class BatchReading {

    private @Nullable String id;
    private @Nullable String status;
    private @Nullable Instant createdAt;
    private boolean archived;
    private long requests;

    private BatchReading() {}

    /** Empty unless it is a batch with an id and a status. */
    public static Optional<BatchSeen> batch(byte[] body) {
        try (var json = StrictJson.parser(ByteOrderMark.without(body))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            var reading = read(json);
            return json.nextToken() == null && reading.status != null
                    ? reading.seen()
                    : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    /**
     * Empty unless it is a page. An entry that lacks the one or the other is on it all the same:
     * others must not be overlooked for that.
     */
    public static Optional<BatchSeenPage> page(byte[] body) {
        try (var json = StrictJson.parser(ByteOrderMark.without(body))) {
            return Optional.ofNullable(readPage(json));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static @Nullable BatchSeenPage readPage(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return null;
        }
        List<BatchSeen> batches = null;
        var hasMore = JsonToken.NOT_AVAILABLE;
        int unreadable = 0;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            var value = json.nextToken();
            if (name.equals("data") && value == JsonToken.START_ARRAY) {
                batches = new ArrayList<>();
                for (var entry = json.nextToken();
                        entry != JsonToken.END_ARRAY;
                        entry = json.nextToken()) {
                    var batch = entry(json, entry);
                    batch.ifPresent(batches::add);
                    unreadable += batch.isPresent() ? 0 : 1;
                }
            } else if (name.equals("has_more")) {
                hasMore = value;
                json.skipChildren();
            } else {
                json.skipChildren();
            }
        }
        if (batches == null) {
            return null;
        }
        // Where it does not say, the next page does: it is empty.
        boolean more =
                switch (hasMore) {
                    case VALUE_TRUE -> true;
                    case VALUE_FALSE -> false;
                    default -> !batches.isEmpty();
                };
        return new BatchSeenPage(batches, more, unreadable);
    }

    private static Optional<BatchSeen> entry(JsonParser json, @Nullable JsonToken entry) {
        if (entry == JsonToken.START_OBJECT) {
            return read(json).seen();
        }
        json.skipChildren();
        return Optional.empty();
    }

    /** Reads to the end of the object that has begun. */
    private static BatchReading read(JsonParser json) {
        var reading = new BatchReading();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            reading.field(json, json.currentName(), json.nextToken());
        }
        return reading;
    }

    /** Empty if it has no name by which it could be asked for. */
    private Optional<BatchSeen> seen() {
        return Optional.ofNullable(id)
                .filter(name -> !name.isEmpty())
                .map(name ->
                        new BatchSeen(
                                name,
                                createdAt,
                                "ended".equals(status),
                                Math.toIntExact(Math.min(requests, Integer.MAX_VALUE)),
                                archived));
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
                sum = Math.min(Integer.MAX_VALUE, sum + count(json));
            } else {
                json.skipChildren();
            }
        }
        return sum;
    }

    /** What is no count at all counts nothing, and one beyond all bounds as many as can be. */
    private static long count(JsonParser json) {
        return json.getNumberType() == NumberType.INT
                ? Math.max(0, json.getIntValue())
                : Integer.MAX_VALUE;
    }
}
