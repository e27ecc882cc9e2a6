package dev.nightmail.cli.batches;

import dev.nightmail.pipeline.client.BatchSnapshot;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A batch for programs, with the names it has on the wire. */
final class BatchJson {

    private BatchJson() {}

    static ObjectNode of(BatchSnapshot batch) {
        var json =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("id", batch.id())
                        .put("processing_status", batch.status().name().toLowerCase(Locale.ROOT));
        var counts = batch.counts();
        json.putObject("request_counts")
                .put("processing", counts.processing())
                .put("succeeded", counts.succeeded())
                .put("errored", counts.errored())
                .put("canceled", counts.canceled())
                .put("expired", counts.expired());
        return json.put("created_at", text(batch.createdAt()))
                .put("expires_at", text(batch.expiresAt()))
                .put("ended_at", text(batch.endedAt()))
                .put("cancel_initiated_at", text(batch.cancelInitiatedAt()))
                .put("archived_at", text(batch.archivedAt()));
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
