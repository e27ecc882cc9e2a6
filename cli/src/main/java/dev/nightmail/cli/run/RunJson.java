package dev.nightmail.cli.run;

import dev.nightmail.pipeline.cost.Range;
import dev.nightmail.pipeline.run.PilotResult;
import dev.nightmail.pipeline.run.Preview;
import dev.nightmail.pipeline.run.RunEvent;
import dev.nightmail.pipeline.run.RunSummary;
import dev.nightmail.pipeline.state.RecordCounts;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run for programs: one object a line, told apart by {@code event}. Money is in micro-dollars,
 * time in milliseconds. Prompts and answers are not in it.
 */
final class RunJson {

    private RunJson() {}

    static ObjectNode event(RunEvent event) {
        return switch (event) {
            case RunEvent.Noted(var text) -> named("noted").put("text", text);
            case RunEvent.Planned(var preview) -> preview(preview, false);
            case RunEvent.BatchIntended(var number, var requests, var bytes) ->
                    named("batch_intended")
                            .put("batch", number)
                            .put("requests", requests)
                            .put("bytes", bytes);
            case RunEvent.BatchSubmitted(var number, var batchId, var requests, var found) ->
                    named("batch_submitted")
                            .put("batch", number)
                            .put("batch_id", batchId)
                            .put("requests", requests)
                            .put("found", found);
            case RunEvent.BatchSought(var number, var requests) ->
                    named("batch_sought").put("batch", number).put("requests", requests);
            case RunEvent.SubmissionFailed(var failures, var nextTryIn, var reason) ->
                    named("submission_failed")
                            .put("failures", failures)
                            .put("next_try_millis", nextTryIn.toMillis())
                            .put("reason", reason);
            case RunEvent.BatchGone(var number, var batchId) ->
                    named("batch_gone").put("batch", number).put("batch_id", batchId);
            case RunEvent.ResultsKept(var number, var results) ->
                    named("results_kept").put("batch", number).put("results", results);
            case RunEvent.ResultsAwaited(var number, var batchId, var missing, var nextTryIn) ->
                    named("results_awaited")
                            .put("batch", number)
                            .put("batch_id", batchId)
                            .put("missing", missing)
                            .put("next_try_millis", nextTryIn.toMillis());
            case RunEvent.ResultsPassedOver(var number, var lines) ->
                    named("results_passed_over").put("batch", number).put("lines", lines);
            case RunEvent.BatchCollected(var number, var batchId) ->
                    named("batch_collected").put("batch", number).put("batch_id", batchId);
            case RunEvent.Progress(
                            var settled,
                            var total,
                            var perSecond,
                            var costMicros,
                            var elapsed) ->
                    named("progress")
                            .put("settled", settled)
                            .put("total", total)
                            .put("per_second", perSecond)
                            .put("cost_micros", costMicros)
                            .put("elapsed_millis", elapsed.toMillis());
            case RunEvent.BudgetReached(var spent, var underWay, var budget, var unsent) ->
                    named("budget_reached")
                            .put("spent_micros", spent)
                            .put("under_way_micros", underWay)
                            .put("budget_micros", budget)
                            .put("unsent", unsent);
            case RunEvent.PilotJudged(var pilot) -> pilot(pilot);
            case RunEvent.Retrying(var reason) -> named("retrying").put("reason", reason);
            case RunEvent.EndpointSilent(var reason) ->
                    named("endpoint_silent").put("reason", reason);
            case RunEvent.Waiting(var reasons) -> {
                var waiting = named("waiting");
                var list = waiting.putArray("reasons");
                reasons.forEach(list::add);
                yield waiting;
            }
            case RunEvent.FileWritten(var file, var rows) ->
                    named("file_written").put("file", file.toString()).put("rows", rows);
            case RunEvent.AnswersDelivered(var place, var rows) ->
                    named("answers_delivered").put("place", place).put("rows", rows);
            case RunEvent.Finished(var summary) -> summary(summary);
        };
    }

    private static ObjectNode pilot(PilotResult pilot) {
        var json =
                named("pilot_judged")
                        .put("passed", pilot.hasPassed())
                        .put("requests", pilot.requests())
                        .put("answered", pilot.answered())
                        .put("allowed", pilot.allowed());
        var failed = json.putObject("failed");
        pilot.failures().forEach((kind, failures) -> failed.put(kind, failures.records()));
        return json;
    }

    /**
     * @param withPrompt whether the rendered prompt of one record is wanted
     */
    static ObjectNode preview(Preview preview, boolean withPrompt) {
        var counts = preview.records();
        var estimate = preview.estimate();
        var json =
                named("planned")
                        .put("pipeline", preview.pipeline())
                        .put("model", preview.model())
                        .put("endpoint", preview.endpoint())
                        .put("prompt_version", preview.promptVersion().brief());
        json.set("records", records(counts));
        var unusable = json.putArray("unusable");
        preview.unusable().first().forEach(unusable::add);
        json.put("unusable_allowed", preview.unusable().allowed());
        var tooLong = json.putArray("too_long");
        preview.tooLong().forEach(tooLong::add);
        var inDoubt = json.putArray("batches_in_doubt");
        preview.inDoubt()
                .forEach(batch ->
                        inDoubt.addObject()
                                .put("batch", batch.number())
                                .put("requests", batch.requests()));
        put(json, "input_tokens", estimate.inputTokens());
        put(json, "output_tokens", estimate.outputTokens());
        put(json, "cost_micros", estimate.costMicros());
        json.put("saved_micros", estimate.savedMicros());
        json.put("billing", preview.tariff().billing().text())
                .put("basis", estimate.basis())
                .put("spent_micros", preview.spentMicros());
        var sample = preview.sample();
        if (withPrompt && sample != null) {
            json.putObject("sample").put("id", sample.recordId()).put("prompt", sample.text());
        }
        return json;
    }

    static ObjectNode records(RecordCounts counts) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("total", counts.total())
                .put("outstanding", counts.outstanding())
                .put("following", counts.following())
                .put("submitted", counts.submitted())
                .put("done", counts.done())
                .put("failed", counts.failed())
                .put("canceled", counts.canceled())
                .put("unusable", counts.unusable());
    }

    private static ObjectNode summary(RunSummary summary) {
        var json =
                named("finished")
                        .put("pipeline", summary.pipeline())
                        .put("model", summary.model())
                        .put("endpoint", summary.endpoint())
                        .put("prompt_version", summary.promptVersion())
                        .put("end", summary.end().name().toLowerCase(Locale.ROOT))
                        .put("records", summary.records())
                        .put("done", summary.done());
        var failed = json.putObject("failed");
        summary.failed().forEach(failed::put);
        json.put("unsent", summary.unsent())
                .put("under_way", summary.underWay())
                .put("batches", summary.batches())
                .put("batches_collected", summary.batchesCollected())
                .put("batches_out", summary.batchesOut());
        var usage = summary.usage();
        json.putObject("usage")
                .put("input_tokens", usage.input())
                .put("output_tokens", usage.output())
                .put("cache_creation_5m_input_tokens", usage.cacheWrite5m())
                .put("cache_creation_1h_input_tokens", usage.cacheWrite1h())
                .put("cache_read_input_tokens", usage.cacheRead());
        json.put("billing", summary.tariff().billing().text())
                .put("cost_micros", summary.costMicros())
                .put("total_cost_micros", summary.totalCostMicros())
                .put("saved_micros", summary.savedMicros())
                .put("elapsed_millis", summary.elapsed().toMillis())
                .put("results", summary.answerPlace());
        var answerFile = summary.answerFile();
        json.put("results_file", answerFile == null ? null : answerFile.toString());
        var failedFile = summary.failedFile();
        return json.put("failed_file", failedFile == null ? null : failedFile.toString())
                .put("report_file", summary.reportFile().toString());
    }

    private static void put(ObjectNode json, String name, @Nullable Range range) {
        if (range == null) {
            json.putNull(name);
            return;
        }
        json.putObject(name)
                .put("low", range.low())
                .put("likely", range.likely())
                .put("high", range.high());
    }

    private static ObjectNode named(String event) {
        return JsonMapper.shared().createObjectNode().put("event", event);
    }
}
