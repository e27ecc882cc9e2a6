package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.WireJson;
import dev.nightmail.pipeline.client.BatchSnapshot;
import java.util.Locale;
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
        WireJson.putCounts(json, batch.counts());
        return json.put("created_at", WireJson.time(batch.createdAt()))
                .put("expires_at", WireJson.time(batch.expiresAt()))
                .put("ended_at", WireJson.time(batch.endedAt()))
                .put("cancel_initiated_at", WireJson.time(batch.cancelInitiatedAt()))
                .put("archived_at", WireJson.time(batch.archivedAt()));
    }
}
