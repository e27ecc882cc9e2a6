package dev.nightmail.journal.record;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.batch.StateName;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.result.RequestCounts;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Reads {@code batch.json}: the other half of {@link BatchRecord}. */
public final class BatchRecordReader {

    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, List<String>> lists = new HashMap<>();

    private BatchRecordReader() {}

    /**
     * @throws IOException if it is not such a record, or one of a newer format; the message
     *     continues "batch.json of batch …"
     */
    public static Batch read(byte[] record) throws IOException {
        if (!RecordChecksum.isSealed(record)) {
            throw new UnreadableRecord(
                    "is damaged: it does not have the checksum it was written with; ./nightmail doctor says what can be done");
        }
        try {
            var reader = new BatchRecordReader();
            try (var json = BatchRecord.JSON.createParser(ObjectReadContext.empty(), record)) {
                reader.collect(json);
            }
            return reader.batch();
        } catch (JacksonException e) {
            throw new UnreadableRecord("is not valid JSON", e);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new UnreadableRecord("holds a value that cannot be: " + e.getMessage(), e);
        }
    }

    /** Takes in every field by name; those we do not know stay unused. */
    private void collect(JsonParser json) {
        json.nextToken();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            collectValue(json, name);
        }
    }

    private void collectValue(JsonParser json, String name) {
        switch (json.nextToken()) {
            case VALUE_STRING -> texts.put(name, json.getString());
            case VALUE_NUMBER_INT -> numbers.put(name, json.getIntValue());
            case START_ARRAY -> lists.put(name, list(json));
            case START_OBJECT -> {
                for (var inner = json.nextName(); inner != null; inner = json.nextName()) {
                    collectValue(json, name + "." + inner);
                }
            }
            case null, default -> json.skipChildren();
        }
    }

    private static List<String> list(JsonParser json) {
        var list = new ArrayList<String>();
        for (var token = json.nextToken();
                token != null && token != JsonToken.END_ARRAY;
                token = json.nextToken()) {
            if (token == JsonToken.VALUE_STRING) {
                list.add(json.getString());
            } else {
                json.skipChildren();
            }
        }
        return list;
    }

    private Batch batch() throws UnreadableRecord {
        int format = number("format");
        if (format > BatchRecord.FORMAT) {
            throw new UnreadableRecord(
                    "has format %d, which a newer Nightmail wrote; this one reads up to %d"
                            .formatted(format, BatchRecord.FORMAT));
        }
        var header = header();
        var state = state();
        var counts =
                switch (state) {
                    case BatchState.InProgress _, BatchState.Canceling _ ->
                            RequestCounts.processing(header.requestCount());
                    case BatchState.Ended _, BatchState.Archived _ -> counts();
                };
        return new Batch(header, state, counts);
    }

    private BatchHeader header() throws UnreadableRecord {
        return new BatchHeader(
                new BatchId(text("id")),
                new WorkspaceId(text("workspace")),
                new KeyId(text("key")),
                time("created_at"),
                time("expires_at"),
                ApiVersion.parse(text("api_version"))
                        .orElseThrow(() -> new UnreadableRecord("has an unknown api_version")),
                lists.getOrDefault("betas", List.of()),
                texts.get("user_profile_id"),
                number("request_count"),
                lists.getOrDefault("models", List.of()),
                text("body_sha256"),
                texts.get("idempotency_key"));
    }

    private BatchState state() throws UnreadableRecord {
        return switch (StateName.parse(text("state"))) {
            case IN_PROGRESS -> new BatchState.InProgress();
            case CANCELING -> new BatchState.Canceling(time("cancel_requested_at"));
            case ENDED -> new BatchState.Ended(time("ended_at"), timeIfAny("cancel_requested_at"));
            case ARCHIVED ->
                    new BatchState.Archived(
                            time("ended_at"),
                            timeIfAny("cancel_requested_at"),
                            time("archived_at"));
        };
    }

    private RequestCounts counts() throws UnreadableRecord {
        return new RequestCounts(
                number("request_counts.processing"),
                number("request_counts.succeeded"),
                number("request_counts.errored"),
                number("request_counts.canceled"),
                number("request_counts.expired"));
    }

    private String text(String name) throws UnreadableRecord {
        var text = texts.get(name);
        if (text == null) {
            throw new UnreadableRecord("has no text " + name);
        }
        return text;
    }

    private int number(String name) throws UnreadableRecord {
        var number = numbers.get(name);
        if (number == null) {
            throw new UnreadableRecord("has no number " + name);
        }
        return number;
    }

    private Instant time(String name) throws UnreadableRecord {
        return Instant.parse(text(name));
    }

    private @Nullable Instant timeIfAny(String name) {
        var text = texts.get(name);
        return text == null ? null : Instant.parse(text);
    }
}
