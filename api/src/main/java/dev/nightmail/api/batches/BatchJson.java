package dev.nightmail.api.batches;

import static dev.nightmail.api.wire.WireJson.stamp;
import static dev.nightmail.api.wire.WireJson.stringOrNull;

import dev.nightmail.api.wire.WireJson;
import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.batch.BatchState.Archived;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.batch.BatchState.Ended;
import dev.nightmail.core.batch.BatchState.InProgress;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Batches as the wire shows them: always all ten fields, absent values as null. */
final class BatchJson {

    private BatchJson() {}

    /**
     * @param publicUrl by which the client reaches us, without a slash at its end
     */
    static byte[] batch(Batch batch, String publicUrl) {
        return WireJson.object(json -> fields(json, batch, publicUrl));
    }

    static byte[] page(BatchPage page, String publicUrl) {
        return WireJson.object(json -> {
            json.writeArrayPropertyStart("data");
            for (var batch : page.batches()) {
                json.writeStartObject();
                fields(json, batch, publicUrl);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeBooleanProperty("has_more", page.hasMore());
            stringOrNull(json, "first_id", text(page.firstId()));
            stringOrNull(json, "last_id", text(page.lastId()));
        });
    }

    static byte[] deleted(BatchId id) {
        return WireJson.object(json -> {
            json.writeStringProperty("id", id.value());
            json.writeStringProperty("type", "message_batch_deleted");
        });
    }

    static String processingStatus(Batch batch) {
        return switch (batch.state()) {
            case InProgress _ -> "in_progress";
            case Canceling _ -> "canceling";
            case Ended _, Archived _ -> "ended";
        };
    }

    private static void fields(JsonGenerator json, Batch batch, String publicUrl) {
        json.writeStringProperty("id", batch.id().value());
        json.writeStringProperty("type", "message_batch");
        json.writeStringProperty("processing_status", processingStatus(batch));
        json.writeObjectPropertyStart("request_counts");
        json.writeNumberProperty("processing", batch.counts().processing());
        json.writeNumberProperty("succeeded", batch.counts().succeeded());
        json.writeNumberProperty("errored", batch.counts().errored());
        json.writeNumberProperty("canceled", batch.counts().canceled());
        json.writeNumberProperty("expired", batch.counts().expired());
        json.writeEndObject();
        stringOrNull(json, "ended_at", stamp(batch.endedAt()));
        stringOrNull(json, "created_at", stamp(batch.header().createdAt()));
        stringOrNull(json, "expires_at", stamp(batch.header().expiresAt()));
        stringOrNull(json, "archived_at", stamp(batch.archivedAt()));
        stringOrNull(json, "cancel_initiated_at", stamp(batch.cancelRequestedAt()));
        stringOrNull(json, "results_url", resultsUrl(batch, publicUrl));
    }

    /** Null once the results are gone, too: the SDKs then say so without asking us. */
    private static @Nullable String resultsUrl(Batch batch, String publicUrl) {
        return switch (batch.state()) {
            case Ended _ -> publicUrl + "/v1/messages/batches/" + batch.id() + "/results";
            case InProgress _, Canceling _, Archived _ -> null;
        };
    }

    private static @Nullable String text(@Nullable BatchId id) {
        return id == null ? null : id.value();
    }
}
