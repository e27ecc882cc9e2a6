package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.CallTerms;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.customid.CustomId;
import dev.nightmail.pipeline.prompt.ContentHash;
import dev.nightmail.pipeline.prompt.PromptVersion;
import dev.nightmail.pipeline.prompt.RequestTemplate;
import dev.nightmail.pipeline.prompt.UnfilledPromptException;
import dev.nightmail.pipeline.source.EmptySourceException;
import dev.nightmail.pipeline.source.RecordCursor;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.source.UnusableRecord;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import dev.nightmail.pipeline.state.PlannedRecord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the source once and brings the state up to it: what is new, what has changed, what is done.
 * A record that cannot be asked is set aside with its place, and the others go on.
 */
final class Planner {

    /**
     * The API's limit for one request (wire contract, section 2.1), decimal to be on the safe side.
     */
    private static final int REQUEST_BYTES_MAX = 32_000_000;

    /** What a batch adds to its only request, and a little more. */
    private static final int FRAME_BYTES = 128;

    /** What one transaction writes at most, about: large records make small groups. */
    private static final long GROUP_BYTES_MAX = 64_000_000;

    /**
     * If the template could be filled with none of so many records, it is the template that is
     * wrong.
     */
    private static final int TELLING_RECORDS = 1_000;

    private final RecordSource source;
    private final RequestTemplate template;
    private final Endpoint endpoint;
    private final CallTerms terms;
    private final @Nullable Integer limit;
    private final PipelineState state;
    private final RunEnvironment environment;
    private final ProgressListener listener;

    /**
     * @param limit only the first so many records; null: all
     */
    Planner(
            RecordSource source,
            RequestTemplate template,
            Endpoint endpoint,
            CallTerms terms,
            @Nullable Integer limit,
            PipelineState state,
            RunEnvironment environment,
            ProgressListener listener) {
        this.source = source;
        this.template = template;
        this.endpoint = endpoint;
        this.terms = terms;
        this.limit = limit;
        this.state = state;
        this.environment = environment;
        this.listener = listener;
    }

    /**
     * A plan that stands in the state.
     *
     * @param records that were read, unusable ones included; with those of earlier runs where the
     *     source is read on
     * @param unusable of them
     * @param reached how far the source was read; null if nobody reads on from there
     */
    record Planned(
            Plan plan,
            PromptVersion promptVersion,
            Preview.@Nullable RenderedPrompt sample,
            long records,
            long unusable,
            SourceProgress.@Nullable Reached reached) {

        /** Whether there is nothing in the source that can be asked. */
        boolean isAllUnusable() {
            return records > 0 && unusable == records;
        }
    }

    /**
     * @param unusableMax past so many unusable records the source is read no further
     * @throws UnfilledPromptException if the template names what no record has
     * @throws EmptySourceException if there are no records
     */
    Planned plan(long unusableMax) {
        var version = template.version();
        var plan =
                state.records()
                        .beginPlan(
                                version.value(),
                                endpoint.identity(),
                                environment.clock().instant(),
                                limit);
        var progress = new SourceProgress(state, source.identity(), version, endpoint, terms);
        var goesOn = limit == null && progress.goesOn();
        var from = goesOn ? progress.position() : null;
        try (var records = source.open(from)) {
            records.leftOut()
                    .forEach(file ->
                            listener.on(
                                    new RunEvent.Noted(
                                            file
                                                    + " is the pipeline's own file, so it is none of its records")));
            var first = from == null ? 0 : state.sourcePosition().nextPlace();
            var walk = new Walk(plan, records, unusableMax, first, from != null);
            while (!walk.ended) {
                state.inTransaction(walk::group);
            }
            walk.finish();
            if (walk.read == 0 && !goesOn) {
                throw new EmptySourceException(
                        "source: gives no records, so there is nothing to ask: check its files and conditions. Files of earlier runs are left as they are");
            }
            var reached = walk.isCutShort() || limit != null ? null : progress.read(plan, records);
            var counts = state.records().counts(plan);
            return new Planned(
                    plan, version, walk.sample, counts.total(), counts.unusable(), reached);
        }
    }

    /**
     * What was read is what the pipeline is about, and a later run reads on from there. Not before
     * the plan is accepted: a source that is mended is read as far back as it was bad.
     */
    void complete(Planned planned) {
        state.inTransaction(() -> {
            var reached = planned.reached();
            if (reached != null) {
                state.sourcePosition()
                        .reached(planned.plan(), reached.identity(), reached.position());
            }
            state.records().complete(planned.plan());
        });
    }

    /** One reading of the source. */
    private final class Walk {
        private final Plan plan;
        private final RecordCursor records;
        private final int max;
        private final long unusableMax;
        private final int start;
        private final boolean readsOn;

        /** The first record that lacked a field, by the field's name. */
        private final Map<String, UnfilledPromptException> lacking = new LinkedHashMap<>();

        private Preview.@Nullable RenderedPrompt sample;
        private int read;
        private long unusable;
        private boolean ended;

        /**
         * @param start the place of the first record
         * @param readsOn whether there are records before it, which are not read again
         */
        Walk(Plan plan, RecordCursor records, long unusableMax, int start, boolean readsOn) {
            this.start = start;
            this.readsOn = readsOn;
            this.plan = plan;
            this.records = records;
            this.max = limit == null ? Integer.MAX_VALUE : limit;
            this.unusableMax = unusableMax;
        }

        /** Takes as many records as belong into one transaction; holds one at a time. */
        void group() {
            long bytes = 0;
            for (int size = 0;
                    size < environment.limits().recordsPerCommit() && bytes < GROUP_BYTES_MAX;
                    size++) {
                if (read == max || isCutShort()) {
                    ended = true;
                    return;
                }
                switch (records.next()) {
                    case null -> {
                        ended = true;
                        return;
                    }
                    case SourceRecord record -> bytes += take(record);
                    case UnusableRecord(var id, var reason) -> setAside(id, reason);
                }
                read++;
                if (read == TELLING_RECORDS) {
                    refuseUnlessAnyFilled();
                }
            }
        }

        /** Whether there are so many unusable records that the rest was not read. */
        boolean isCutShort() {
            return unusable > unusableMax;
        }

        /** How large its request is; 0 if there is none. */
        private int take(SourceRecord record) {
            byte[] params;
            try {
                params = template.params(record);
            } catch (UnfilledPromptException e) {
                note(e);
                setAside(record.id(), e.reason());
                return 0;
            }
            var bytesMax = requestBytesMax();
            if (params.length > bytesMax) {
                setAside(
                        record.id(),
                        "its request has %,d bytes, and at most %,d are allowed: truncate a field"
                                .formatted(params.length, bytesMax));
                return 0;
            }
            state.records()
                    .plan(plan, planned(start + read, record.id(), params))
                    .ifPresent(reason -> setAside(record.id(), reason));
            if (sample == null) {
                sample = new Preview.RenderedPrompt(record.id(), template.prompt(record));
            }
            return params.length;
        }

        private void note(UnfilledPromptException flaw) {
            var field = flaw.missingField();
            if (field != null) {
                lacking.putIfAbsent(field, flaw);
            }
        }

        private void setAside(@Nullable String id, String reason) {
            unusable++;
            var place = records.place().orElse("record " + (read + 1));
            state.records().setAside(plan, start + read, id, place, reason);
        }

        /** What a source that was not read to its end has further on is not known. */
        void finish() {
            if (isCutShort()) {
                refuseUnlessAnyFilled();
            } else {
                refuseUnknownFields();
            }
        }

        private void refuseUnlessAnyFilled() {
            if (sample == null) {
                refuseUnknownFields();
            }
        }

        /** A name that no record has is the author's slip, however many records get along. */
        private void refuseUnknownFields() {
            if (readsOn) {
                // The same template was filled with the records before: these few are the odd ones.
                return;
            }
            for (var field : lacking.entrySet()) {
                if (!template.hasFound(field.getKey())) {
                    throw field.getValue();
                }
            }
        }
    }

    /** A batch holds at least one request. */
    private long requestBytesMax() {
        return Math.min(REQUEST_BYTES_MAX, environment.limits().batchBytesMax() - FRAME_BYTES);
    }

    private PlannedRecord planned(int position, String recordId, byte[] params) {
        // Who answers, and on which terms, is part of what is asked: a simulator's answer is none
        // of Claude's.
        var hash =
                ContentHash.of(
                        endpoint.identity().getBytes(StandardCharsets.UTF_8),
                        new byte[] {0},
                        params,
                        named());
        return new PlannedRecord(
                position, recordId, CustomId.ofRecord(recordId).value(), hash.value(), params);
    }

    /** Nothing for the terms that every request had before there were others. */
    private byte[] named() {
        return terms.isStandard()
                ? new byte[0]
                : ("\0" + terms.identity()).getBytes(StandardCharsets.UTF_8);
    }
}
