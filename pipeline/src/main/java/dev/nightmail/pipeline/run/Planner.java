package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.CallTerms;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.customid.CustomId;
import dev.nightmail.pipeline.prompt.ContentHash;
import dev.nightmail.pipeline.prompt.PromptVersion;
import dev.nightmail.pipeline.prompt.RequestTemplate;
import dev.nightmail.pipeline.source.RecordCursor;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import dev.nightmail.pipeline.state.PlannedRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the source once and brings the state up to it: what is new, what has changed, what is done.
 */
final class Planner {

    /**
     * The API's limit for one request (wire contract, section 2.1), decimal to be on the safe side.
     */
    private static final int REQUEST_BYTES_MAX = 32_000_000;

    private final RecordSource source;
    private final RequestTemplate template;
    private final Endpoint endpoint;
    private final CallTerms terms;
    private final PipelineState state;
    private final RunEnvironment environment;
    private final ProgressListener listener;

    Planner(
            RecordSource source,
            RequestTemplate template,
            Endpoint endpoint,
            CallTerms terms,
            PipelineState state,
            RunEnvironment environment,
            ProgressListener listener) {
        this.source = source;
        this.template = template;
        this.endpoint = endpoint;
        this.terms = terms;
        this.state = state;
        this.environment = environment;
        this.listener = listener;
    }

    /** A plan that stands in the state. */
    record Planned(
            Plan plan, PromptVersion promptVersion, Preview.@Nullable RenderedPrompt sample) {}

    Planned plan(RunOptions options) {
        var version = template.version();
        var plan =
                state.records()
                        .beginPlan(
                                version.value(),
                                endpoint.identity(),
                                environment.clock().instant());
        var limit = options.limit() == null ? Integer.MAX_VALUE : options.limit();
        Preview.RenderedPrompt sample = null;
        int position = 0;
        try (var records = source.open()) {
            records.leftOut()
                    .forEach(file ->
                            listener.on(
                                    new RunEvent.Noted(
                                            file
                                                    + " is the pipeline's own file, so it is none of its records")));
            while (position < limit) {
                var group =
                        group(
                                records,
                                Math.min(
                                        environment.limits().recordsPerCommit(), limit - position));
                if (group.isEmpty()) {
                    break;
                }
                if (sample == null) {
                    sample =
                            new Preview.RenderedPrompt(
                                    group.getFirst().id(), template.prompt(group.getFirst()));
                }
                plan(plan, position, group);
                position += group.size();
            }
            if (position == 0) {
                throw new SourceException(
                        "source: gives no records, so there is nothing to ask: check its files and conditions. Files of earlier runs are left as they are");
            }
            return new Planned(plan, version, sample);
        }
    }

    private static List<SourceRecord> group(RecordCursor records, int size) {
        var group = new ArrayList<SourceRecord>();
        while (group.size() < size) {
            var record = records.next();
            if (record == null) {
                break;
            }
            group.add(record);
        }
        return group;
    }

    private void plan(Plan plan, int start, List<SourceRecord> group) {
        state.inTransaction(() -> {
            for (int index = 0; index < group.size(); index++) {
                state.records().plan(plan, planned(start + index, group.get(index)));
            }
        });
    }

    private PlannedRecord planned(int position, SourceRecord record) {
        var params = template.params(record);
        if (params.length > REQUEST_BYTES_MAX) {
            throw new RunException(
                    "record "
                            + record.id()
                            + " makes a request of "
                            + params.length
                            + " bytes, and at most "
                            + REQUEST_BYTES_MAX
                            + " are allowed: truncate a field",
                    null);
        }
        // Who answers, and on which terms, is part of what is asked: a simulator's answer is none
        // of Claude's.
        var hash =
                ContentHash.of(
                        endpoint.identity().getBytes(StandardCharsets.UTF_8),
                        new byte[] {0},
                        params,
                        named());
        return new PlannedRecord(
                position,
                record.id(),
                CustomId.ofRecord(record.id()).value(),
                hash.value(),
                params);
    }

    /** Nothing for the terms that every request had before there were others. */
    private byte[] named() {
        return terms.isStandard()
                ? new byte[0]
                : ("\0" + terms.identity()).getBytes(StandardCharsets.UTF_8);
    }
}
