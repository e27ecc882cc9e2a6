package dev.nightmail.journal.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.batch.BatchState.Archived;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.batch.BatchState.Ended;
import dev.nightmail.core.batch.BatchState.InProgress;
import dev.nightmail.core.batch.StateName;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * {@code batch.json}, written for people and for a restart. Times are RFC 3339 with microseconds.
 * Counts appear once the batch has ended; before, the result log knows them and a number here would
 * only be out of date. The last field is a checksum over all of it: {@link RecordChecksum}.
 */
public final class BatchRecord {

    /** A reader refuses what is newer than it knows and skips fields it does not know. */
    static final int FORMAT = 1;

    private BatchRecord() {}

    public static byte[] write(Batch batch) {
        var text = new StringWriter();
        try (var json = RecordJson.generator(text)) {
            json.writeStartObject();
            json.writeNumberProperty("format", FORMAT);
            writeHeader(json, batch.header());
            writeState(json, batch.state());
            writeCounts(json, batch);
            json.writeStringProperty(RecordChecksum.FIELD, RecordChecksum.BLANK);
            json.writeEndObject();
        }
        return RecordChecksum.seal(text.append('\n').toString().getBytes(UTF_8));
    }

    /** Whether these are the bytes that were written, be it by a newer program. */
    public static boolean isIntact(byte[] record) {
        return RecordChecksum.isSealed(record);
    }

    /** The record as it was written, if only a single bit of it has changed since. */
    public static Optional<byte[]> mend(byte[] record) {
        return RecordChecksum.mend(record);
    }

    private static void writeHeader(JsonGenerator json, BatchHeader header) {
        json.writeStringProperty("id", header.id().value());
        json.writeStringProperty("workspace", header.workspace().value());
        json.writeStringProperty("key", header.key().value());
        RecordJson.writeTime(json, "created_at", header.createdAt());
        RecordJson.writeTime(json, "expires_at", header.expiresAt());
        json.writeStringProperty("api_version", header.apiVersion().header());
        writeTexts(json, "betas", header.betas());
        json.writeStringProperty("user_profile_id", header.userProfileId());
        json.writeNumberProperty("request_count", header.requestCount());
        writeTexts(json, "models", header.models());
        json.writeStringProperty("body_sha256", header.bodySha256());
        json.writeStringProperty("idempotency_key", header.idempotencyKey());
    }

    private static void writeState(JsonGenerator json, BatchState state) {
        switch (state) {
            case InProgress _ -> writeState(json, StateName.IN_PROGRESS, null, null, null);
            case Canceling(var canceled) ->
                    writeState(json, StateName.CANCELING, canceled, null, null);
            case Ended(var ended, var canceled) ->
                    writeState(json, StateName.ENDED, canceled, ended, null);
            case Archived(var ended, var canceled, var archived) ->
                    writeState(json, StateName.ARCHIVED, canceled, ended, archived);
        }
    }

    private static void writeState(
            JsonGenerator json,
            StateName name,
            @Nullable Instant cancelRequestedAt,
            @Nullable Instant endedAt,
            @Nullable Instant archivedAt) {
        json.writeStringProperty("state", name.text());
        RecordJson.writeTime(json, "cancel_requested_at", cancelRequestedAt);
        RecordJson.writeTime(json, "ended_at", endedAt);
        RecordJson.writeTime(json, "archived_at", archivedAt);
    }

    private static void writeCounts(JsonGenerator json, Batch batch) {
        if (!batch.isOver()) {
            json.writeNullProperty("request_counts");
            return;
        }
        var counts = batch.counts();
        json.writeObjectPropertyStart("request_counts");
        json.writeNumberProperty("processing", counts.processing());
        json.writeNumberProperty("succeeded", counts.succeeded());
        json.writeNumberProperty("errored", counts.errored());
        json.writeNumberProperty("canceled", counts.canceled());
        json.writeNumberProperty("expired", counts.expired());
        json.writeEndObject();
    }

    private static void writeTexts(JsonGenerator json, String name, List<String> texts) {
        json.writeArrayPropertyStart(name);
        texts.forEach(json::writeString);
        json.writeEndArray();
    }
}
