package dev.nightmail.cli.run;

import dev.nightmail.cli.command.WireJson;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.run.PipelineStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Where a pipeline stands, for programs: one object. */
final class StatusJson {

    private StatusJson() {}

    static ObjectNode of(PipelineStatus status, Map<String, BatchSnapshot> seen, Instant now) {
        var json =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("pipeline", status.pipeline())
                        .put("model", status.model())
                        .put("run_under_way", status.runUnderWay());
        var plan = status.plan();
        json.put("endpoint", plan == null ? null : plan.endpoint())
                .put("planned_at", plan == null ? null : plan.plannedAt().toString())
                .put("source_read", plan != null && plan.complete());
        json.put("record_limit", plan == null ? null : plan.recordLimit());
        json.set("records", RunJson.records(status.records()));
        var failed = json.putObject("failed");
        status.failed().forEach(failed::put);
        json.put("batches_submitted", status.batches()).put("batches_out", status.out().size());
        var batches = json.putArray("batches");
        status.out().forEach(batch -> batches.add(batch(batch, seen, now)));
        status.over().forEach(batch -> batches.add(batch(batch, seen, now)));
        return json;
    }

    private static ObjectNode batch(
            PipelineStatus.Batch batch, Map<String, BatchSnapshot> seen, Instant now) {
        var row = batch.row();
        var since = row.submittedAt() == null ? row.intendedAt() : row.submittedAt();
        var json =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("batch", row.number())
                        .put("batch_id", row.batchId())
                        .put("state", row.state())
                        .put("endpoint", row.endpoint())
                        .put("model", row.model())
                        .put("requests", row.requests())
                        .put("intended_at", row.intendedAt().toString())
                        .put("submitted_at", WireJson.time(row.submittedAt()))
                        .put("collected_at", WireJson.time(row.collectedAt()))
                        .put("age_millis", Duration.between(since, now).toMillis())
                        .put("likely_cost_micros", row.likelyMicros())
                        .put("cost_micros", batch.costMicros())
                        .put("billing", row.billing().text());
        var snapshot = row.batchId() == null ? null : seen.get(row.batchId());
        if (snapshot != null) {
            json.put("processing_status", snapshot.status().name().toLowerCase(Locale.ROOT))
                    .put("expires_at", WireJson.time(snapshot.expiresAt()))
                    .put("ended_at", WireJson.time(snapshot.endedAt()));
            WireJson.putCounts(json, snapshot.counts());
        }
        return json;
    }
}
