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
import tools.jackson.core.JacksonException;

/** Reads {@code batch.json}: the other half of {@link BatchRecord}. */
public final class BatchRecordReader {

    private final RecordFields fields;

    private BatchRecordReader(RecordFields fields) {
        this.fields = fields;
    }

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
            return new BatchRecordReader(RecordFields.of(record)).batch();
        } catch (JacksonException e) {
            throw new UnreadableRecord("is not valid JSON", e);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new UnreadableRecord("holds a value that cannot be: " + e.getMessage(), e);
        }
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
                new BatchId(fields.text("id")),
                new WorkspaceId(fields.text("workspace")),
                new KeyId(fields.text("key")),
                fields.time("created_at"),
                fields.time("expires_at"),
                ApiVersion.parse(fields.text("api_version"))
                        .orElseThrow(() -> new UnreadableRecord("has an unknown api_version")),
                fields.texts("betas"),
                fields.textIfAny("user_profile_id"),
                number("request_count"),
                fields.texts("models"),
                fields.text("body_sha256"),
                fields.textIfAny("idempotency_key"));
    }

    private BatchState state() throws UnreadableRecord {
        return switch (StateName.parse(fields.text("state"))) {
            case IN_PROGRESS -> new BatchState.InProgress();
            case CANCELING -> new BatchState.Canceling(fields.time("cancel_requested_at"));
            case ENDED ->
                    new BatchState.Ended(
                            fields.time("ended_at"), fields.timeIfAny("cancel_requested_at"));
            case ARCHIVED ->
                    new BatchState.Archived(
                            fields.time("ended_at"),
                            fields.timeIfAny("cancel_requested_at"),
                            fields.time("archived_at"));
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

    private int number(String name) throws UnreadableRecord {
        return Math.toIntExact(fields.number(name));
    }
}
