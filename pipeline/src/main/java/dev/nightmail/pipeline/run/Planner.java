package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.answer.Reask;
import dev.nightmail.pipeline.answer.Verdict;
import dev.nightmail.pipeline.client.CallTerms;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.customid.CustomId;
import dev.nightmail.pipeline.decide.RetryPolicy;
import dev.nightmail.pipeline.prompt.ContentHasher;
import dev.nightmail.pipeline.prompt.PromptVersion;
import dev.nightmail.pipeline.prompt.RequestTemplate;
import dev.nightmail.pipeline.prompt.UnfilledPromptException;
import dev.nightmail.pipeline.source.EmptySourceException;
import dev.nightmail.pipeline.source.RecordCursor;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.source.UnusableRecord;
import dev.nightmail.pipeline.state.Asked;
import dev.nightmail.pipeline.state.BatchTable;
import dev.nightmail.pipeline.state.Draft;
import dev.nightmail.pipeline.state.History;
import dev.nightmail.pipeline.state.KnownRecord;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.Plan;
import dev.nightmail.pipeline.state.RecordCounts;
import dev.nightmail.pipeline.state.RecordIndex;
import dev.nightmail.pipeline.state.RecordState;
import dev.nightmail.pipeline.state.RecordTable;
import dev.nightmail.pipeline.state.RequestIndex;
import dev.nightmail.pipeline.state.StoredBatch;
import dev.nightmail.pipeline.state.StoredPlan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the source once and brings the state up to it: what is new, what has changed, what is done.
 * What is to be asked goes into batches as it comes, so that the first can be sent while the rest
 * is read. A record that cannot be asked is set aside with its place, and the others go on.
 */
final class Planner {

    /**
     * The API's limit for one request (wire contract, section 2.1), decimal to be on the safe side.
     */
    private static final int REQUEST_BYTES_MAX = 32_000_000;

    /** What a batch adds to its only request, and a little more. */
    private static final int FRAME_BYTES = 128;

    /** What is rendered for one transaction at most, about: large records make small groups. */
    private static final long GROUP_BYTES_MAX = 16_000_000;

    /**
     * If the template could be filled with none of so many records, it is the template that is
     * wrong.
     */
    private static final int TELLING_RECORDS = 1_000;

    /** Enough to tell any two apart. */
    private static final int QUESTION_BYTES = 16;

    private final RecordSource source;
    private final RequestTemplate template;
    private final Endpoint endpoint;
    private final CallTerms terms;
    private final @Nullable Integer limit;
    private final RetryPolicy policy;
    private final PipelineState state;
    private final RunEnvironment environment;
    private final ProgressListener listener;
    private final BatchTable.Target target;
    private final ContentHasher contents;
    private final ContentHasher questions;
    private final KeptFields keptFields;
    private final boolean dedupe;

    /**
     * @param limit only the first so many records; null: all
     * @param dedupe whether records that ask the same are asked once
     */
    Planner(
            RecordSource source,
            RequestTemplate template,
            String model,
            Endpoint endpoint,
            CallTerms terms,
            @Nullable Integer limit,
            RetryPolicy policy,
            KeptFields keptFields,
            boolean dedupe,
            PipelineState state,
            RunEnvironment environment,
            ProgressListener listener) {
        this.keptFields = keptFields;
        this.dedupe = dedupe;
        this.source = source;
        this.template = template;
        this.endpoint = endpoint;
        this.terms = terms;
        this.limit = limit;
        this.policy = policy;
        this.state = state;
        this.environment = environment;
        this.listener = listener;
        this.target =
                new BatchTable.Target(
                        endpoint.identity(),
                        model,
                        terms,
                        template.version().value(),
                        template.sent());
        this.contents = hasher("\0{", template.shared());
        // No request begins so: the one hash is never taken for the other.
        this.questions = hasher("\0question\0{", template.sharedQuestion());
    }

    private ContentHasher hasher(String mark, byte[] shared) {
        // Who answers, and on which terms, is part of what is asked: a simulator's answer is none
        // of Claude's.
        return new ContentHasher(
                bytes(endpoint.identity() + mark),
                shared,
                bytes(","),
                // Nothing for the terms that every request had before there were others.
                bytes("}" + (terms.isStandard() ? "" : "\0" + terms.identity())));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Asked asked(byte[] own) {
        return new Asked(contents.hash(own), Arrays.copyOf(questions.hash(own), QUESTION_BYTES));
    }

    BatchTable.Target target() {
        return target;
    }

    /** Told while the source is read. */
    interface Progress {
        /**
         * A batch is prepared.
         *
         * @param records that were read so far, unusable ones included
         * @param unusable of them
         */
        void prepared(StoredBatch batch, long records, long unusable);
    }

    /**
     * A plan that stands in the state.
     *
     * @param records that were read, unusable ones included; with those of earlier runs where the
     *     source is read on
     * @param unusable of them
     * @param fingerprint of the source; null if nothing but reading it tells it from others
     * @param largest of what is to be sent, as far as it was rendered for this plan
     * @param givenAgain numbers of records that were answered before
     * @param reached how far the source was read; null if nobody reads on from there
     */
    record Planned(
            Plan plan,
            PromptVersion promptVersion,
            Preview.@Nullable RenderedPrompt sample,
            long records,
            long unusable,
            @Nullable String fingerprint,
            List<LargestRequests.Request> largest,
            BitSet givenAgain,
            SourceProgress.@Nullable Reached reached) {

        /** Whether there is nothing in the source that can be asked. */
        boolean isAllUnusable() {
            return records > 0 && unusable == records;
        }
    }

    /**
     * The plan of the run before, if the source and all that shapes its requests are what they were
     * then, and every record of it is in the state with all that it takes to ask it.
     */
    Optional<Planned> unchanged() {
        var fingerprint = fingerprint();
        return state.records()
                .latestPlan()
                .filter(plan -> fingerprint != null && isStill(plan, fingerprint))
                .filter(plan -> !leavesSomethingToRead(plan))
                .map(plan -> {
                    state.records().resume(plan.plan());
                    return new Planned(
                            plan.plan(),
                            template.version(),
                            null,
                            plan.recordsRead(),
                            state.records().counts(plan.plan()).unusable(),
                            fingerprint,
                            List.of(),
                            new BitSet(),
                            null);
                });
    }

    /** Of all that shapes what is taken from the source, beside the prompt. */
    private @Nullable String fingerprint() {
        var read = source.fingerprint();
        return read == null ? null : read + keptFields.fingerprint();
    }

    private boolean isStill(StoredPlan plan, String fingerprint) {
        return plan.complete()
                && plan.promptVersion().equals(template.version().value())
                && plan.endpoint().equals(endpoint.identity())
                && plan.recordLimit() == null
                && limit == null
                && fingerprint.equals(plan.source());
    }

    private boolean leavesSomethingToRead(StoredPlan plan) {
        // What was unusable may be mended without a trace, such as by the rights to open a file.
        return state.records().counts(plan.plan()).unusable() > 0
                || state.records()
                        .leavesSomeToReadAgain(
                                (kind, history) -> policy.takesUp(kind, history.failures()));
    }

    /**
     * Reads the source into a new plan.
     *
     * @param unusableMax past so many unusable records the source is read no further
     * @param firstRequestsMax requests of the first batch
     * @throws UnfilledPromptException if the template names what no record has
     * @throws EmptySourceException if there are no records
     */
    Planned plan(long unusableMax, int firstRequestsMax, Progress told) {
        var version = template.version();
        var fingerprint = fingerprint();
        var begun = new Plan[1];
        var now = environment.clock().instant();
        state.inTransaction(() -> {
            state.prompts().keep(version.value(), template.shape(), now);
            begun[0] = state.records().beginPlan(version.value(), endpoint.identity(), now, limit);
        });
        var plan = begun[0];
        var progress =
                new SourceProgress(state, source.identity(), version, endpoint, terms, policy);
        var goesOn = limit == null && progress.goesOn();
        var from = goesOn ? progress.position() : null;
        try (var records = source.open(from);
                var index = state.index();
                var walk =
                        new Walk(
                                records,
                                unusableMax,
                                from != null,
                                new Recorder(
                                        plan,
                                        index,
                                        from == null ? 0 : state.sourcePosition().nextPlace(),
                                        firstRequestsMax),
                                told)) {
            walk.toTheEnd();
            if (walk.read == 0 && !goesOn) {
                throw emptySource();
            }
            // What is asked under other limits than these may come back as what raising them was
            // for: then the next run needs the source.
            var recorder = (Recorder) walk.taker;
            var isAll = !walk.isCutShort() && limit == null && !recorder.waitsForOthers;
            var reached = isAll ? progress.read(plan, records) : null;
            var counts = state.records().counts(plan);
            return new Planned(
                    plan,
                    version,
                    walk.sample,
                    counts.total(),
                    counts.unusable(),
                    isAll ? fingerprint : null,
                    recorder.largest.all(),
                    recorder.givenAgain,
                    reached);
        }
    }

    private static EmptySourceException emptySource() {
        return new EmptySourceException(
                "source: gives no records, so there is nothing to ask: check its files and conditions. Files of earlier runs are left as they are");
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
            state.records().complete(planned.plan(), planned.fingerprint(), planned.records());
        });
    }

    /** Reads the source as a run would, and changes nothing. */
    Look look() {
        try (var records = source.open(null);
                var index = state.index();
                var walk =
                        new Walk(
                                records,
                                Long.MAX_VALUE,
                                false,
                                new Looker(index),
                                (_, _, _) -> {})) {
            walk.toTheEnd();
            if (walk.read == 0) {
                throw emptySource();
            }
            return ((Looker) walk.taker).look(template.version(), walk);
        }
    }

    // What is done with each record

    /** A record whose request is rendered. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Rendered(
            String recordId, String customId, Asked asked, byte[] own, @Nullable String kept) {

        Rendered with(byte[] otherOwn) {
            return new Rendered(recordId, customId, asked, otherOwn, kept);
        }
    }

    /** What becomes of what was read: it is recorded, or only counted. */
    private interface Taker extends AutoCloseable {

        void take(Rendered record, long place);

        void setAside(@Nullable String id, String place, String reason, long position);

        /** Everything of a group at once. */
        void group(Runnable work);

        /** After each group, and with {@code last} after all. */
        void flush(boolean last, Progress told, long records, long unusable);

        @Override
        void close();
    }

    /** How a record stands to what is known of it. */
    private sealed interface Standing {

        /** The record; null if the state has none. */
        default @Nullable KnownRecord known() {
            return switch (this) {
                case New _, Refused _ -> null;
                case Same(var record) -> record;
                case AnsweredBefore(var record, _) -> record;
                case CarriedBefore(var record, _) -> record;
                case ToAsk(var record) -> record;
                case AnsweredToAnother(var record, _) -> record;
                case Follows(var record, _, _) -> record;
                case ToAskFurther(var record) -> record;
            };
        }

        record New() implements Standing {}

        record Refused(String reason) implements Standing {}

        /** It stays as it is, whether or not it was asked under the same limits. */
        record Same(KnownRecord record) implements Standing {}

        record AnsweredBefore(KnownRecord record, long answer) implements Standing {}

        record CarriedBefore(KnownRecord record, RecordTable.Carrier carrier) implements Standing {}

        record ToAsk(KnownRecord record) implements Standing {}

        /**
         * Another record asked the same.
         *
         * @param record null if the state has none
         */
        record AnsweredToAnother(@Nullable KnownRecord record, long answer) implements Standing {}

        /**
         * Another record asks the same.
         *
         * @param record null if the state has none
         * @param asked what the other one is asked to the byte: as for one record, limits and notes
         *     may have changed since
         */
        record Follows(@Nullable KnownRecord record, long leader, Asked asked)
                implements Standing {}

        /** It was set aside for its answer, and may be told what is wrong with that by now. */
        record ToAskFurther(KnownRecord record) implements Standing {}
    }

    private Standing standing(Rendered record, RecordIndex index, LongPredicate isPlanned) {
        var refusal = new String[1];
        var known = new KnownRecord[1];
        index.find(
                record.customId(),
                number -> {
                    var candidate = state.records().known(number);
                    if (candidate.recordId().equals(record.recordId())) {
                        known[0] = candidate;
                        return true;
                    }
                    if (CustomId.ofRecord(candidate.recordId()).value().equals(record.customId())) {
                        refusal[0] =
                                "its id gives the same custom_id as the record id "
                                        + candidate.recordId()
                                        + ": change one of them";
                        return true;
                    }
                    return false;
                });
        if (refusal[0] != null) {
            return new Standing.Refused(refusal[0]);
        }
        var before = known[0];
        if (before == null) {
            return new Standing.New();
        }
        if (isPlanned.test(before.number())) {
            return new Standing.Refused(
                    "its id was that of an earlier record of the source already: make the ids unique");
        }
        if (Arrays.equals(before.content(), record.asked().content())) {
            return askedTheSame(before);
        }
        if (before.isAbout(record.asked()) && isAnsweredOrOut(before)) {
            return new Standing.Same(before);
        }
        var answer = state.records().answerTo(before, record.asked());
        if (answer.isPresent()) {
            return new Standing.AnsweredBefore(before, answer.get());
        }
        var carrier = state.records().carriedBefore(before, record.asked());
        return carrier.isPresent()
                ? new Standing.CarriedBefore(before, carrier.get())
                : new Standing.ToAsk(before);
    }

    /** Records that ask the same, while the source is read. */
    private final class Duplicates implements AutoCloseable {
        private final RequestIndex requests;
        private final LongPredicate isPlanned;

        /**
         * @param isPlanned whether this reading has come upon a record of the state
         */
        Duplicates(RequestIndex requests, LongPredicate isPlanned) {
            this.requests = requests;
            this.isPlanned = isPlanned;
        }

        /** How a record stands, if it need not be asked because another one is, or was. */
        Standing without(Standing alone, Asked asked) {
            if (!mayFollow(alone)) {
                return alone;
            }
            var found = requests.find(asked);
            if (found.isEmpty()) {
                return alone;
            }
            var self = alone.known();
            var other = state.records().known(found.getAsLong());
            if (self != null && self.number() == other.number()) {
                return alone;
            }
            if (!other.isAbout(asked)) {
                // It is asked something else by now; what is out may still be answered.
                return state.records()
                        .carriedBefore(other, asked)
                        .<Standing>map(carrier ->
                                new Standing.Follows(self, other.number(), carrier.asked()))
                        .orElse(alone);
            }
            if (other.state() == RecordState.DONE) {
                return state.records()
                        .answerTo(other, asked)
                        .<Standing>map(answer -> new Standing.AnsweredToAnother(self, answer))
                        .orElse(alone);
            }
            return willBeAnswered(other)
                    ? new Standing.Follows(
                            self, other.number(), new Asked(other.content(), asked.question()))
                    : alone;
        }

        /** What is out already is not asked a second time, and may answer for others. */
        private boolean mayFollow(Standing alone) {
            return switch (alone) {
                case Standing.New(), Standing.ToAsk(_), Standing.ToAskFurther(_) -> true;
                case Standing.Same(var record) ->
                        switch (record.state()) {
                            case CARRIED, OUTSTANDING -> !isOut(record);
                            case DONE, FAILED, CANCELED -> false;
                        };
                default -> false;
            };
        }

        /**
         * Whether its request is out, or goes out in this run: one that is not out may be asked
         * something else by the time this reading comes upon it.
         */
        private boolean willBeAnswered(KnownRecord record) {
            var batch = record.batch();
            return batch != null
                    && switch (record.state()) {
                        case CARRIED -> isPlanned.test(record.number()) || isOut(record);
                        case OUTSTANDING ->
                                isPlanned.test(record.number())
                                        && state.batches().hasRequests(batch);
                        case DONE, FAILED, CANCELED -> false;
                    };
        }

        void asks(Asked asked, long record) {
            requests.put(asked.question(), record);
        }

        @Override
        public void close() {
            requests.close();
        }
    }

    private Standing askedTheSame(KnownRecord record) {
        var kind = record.failureKind();
        if (kind != null
                && record.state() == RecordState.FAILED
                && policy.asksFurther(kind, record.history().failures())) {
            return new Standing.ToAskFurther(record);
        }
        return isToBeAsked(record) ? new Standing.ToAsk(record) : new Standing.Same(record);
    }

    private boolean isAnsweredOrOut(KnownRecord record) {
        return switch (record.state()) {
            case DONE -> true;
            case CARRIED -> isOut(record);
            case OUTSTANDING, FAILED, CANCELED -> false;
        };
    }

    private boolean isOut(KnownRecord record) {
        var batch = record.batch();
        return record.state() == RecordState.CARRIED
                && batch != null
                && state.batches().isOut(batch);
    }

    private boolean isToBeAsked(KnownRecord record) {
        var kind = record.failureKind();
        var batch = record.batch();
        return switch (record.state()) {
            case CARRIED, DONE -> false;
            case OUTSTANDING -> batch == null || !state.batches().hasRequests(batch);
            case FAILED -> kind != null && policy.takesUp(kind, record.history().failures());
            case CANCELED -> true;
        };
    }

    /** Records what was read, and prepares batches of it. */
    private final class Recorder implements Taker {
        private final Plan plan;
        private final RecordIndex index;
        private final @Nullable Duplicates duplicates;
        private final long firstPlace;
        private final int firstRequestsMax;
        private boolean isFirst = true;
        private @Nullable Draft draft;
        private final List<Draft> complete = new ArrayList<>();
        private final BitSet givenAgain = new BitSet();
        private final LargestRequests largest = new LargestRequests();

        /** Whether a batch that is out asks something of it under other limits. */
        private boolean waitsForOthers;

        /**
         * Members of batches that were not sent yet, which are asked something else in this group.
         */
        private final Map<Integer, Set<Long>> withdrawn = new TreeMap<>();

        Recorder(Plan plan, RecordIndex index, long firstPlace, int firstRequestsMax) {
            this.plan = plan;
            this.index = index;
            this.duplicates =
                    dedupe ? new Duplicates(state.requests(), state.records()::isPlanned) : null;
            this.firstPlace = firstPlace;
            this.firstRequestsMax = firstRequestsMax;
        }

        @Override
        public void group(Runnable work) {
            state.inTransaction(() -> {
                work.run();
                withdrawn.forEach(state.batches()::withdraw);
            });
            withdrawn.clear();
        }

        @Override
        public void take(Rendered record, long position) {
            var records = state.records();
            var alone = standing(record, index, records::isPlanned);
            var standing = duplicates == null ? alone : duplicates.without(alone, record.asked());
            var before = standing.known();
            if (before != null && !keptFields.isNone()) {
                records.keepFields(before.number(), record.kept());
            }
            if (before != null && before.question() == null) {
                records.complement(before, record.asked(), new History(policy.usedUp()));
            }
            switch (standing) {
                case Standing.New() -> {
                    var into = draftFor(record);
                    var number =
                            records.insert(record.recordId(), record.asked(), record.kept(), into);
                    index.add(record.customId(), number);
                    into.add(number, record.customId(), record.own());
                    asked(record, number);
                }
                case Standing.Refused(var reason) ->
                        throw new RefusedRecord(record.recordId(), reason);
                case Standing.Same(var known) -> {
                    records.keep(known, isOut(known));
                    if (known.state() == RecordState.DONE) {
                        givenAgain.set((int) known.number());
                    }
                    noteOthers(record, known.state(), known.content());
                }
                case Standing.AnsweredBefore(var known, var answer) -> {
                    leaveBatch(known);
                    records.answerAgain(
                            known, record.asked(), answer, state.answers().nextNumber());
                }
                case Standing.CarriedBefore(var known, var carrier) -> {
                    leaveBatch(known);
                    records.carryAgain(known, carrier);
                    noteOthers(record, RecordState.CARRIED, carrier.asked().content());
                }
                case Standing.ToAsk(var known) -> {
                    leaveBatch(known);
                    var into = draftFor(record);
                    records.carry(known, record.asked(), into);
                    into.add(known.number(), record.customId(), record.own());
                    asked(record, known.number());
                }
                case Standing.Follows(var known, var leader, var asked) -> {
                    follow(known, record, asked, leader);
                    noteOthers(record, RecordState.CARRIED, asked.content());
                }
                case Standing.AnsweredToAnother(var known, var answer) ->
                        shareAnswer(known, record, answer);
                case Standing.ToAskFurther(var known) -> {
                    var further = record.with(further(known, record.own()));
                    var into = draftFor(further);
                    records.carryFurther(known, further.asked(), into);
                    into.add(known.number(), further.customId(), further.own());
                    asked(record, known.number());
                }
            }
        }

        private void asked(Rendered record, long number) {
            if (duplicates != null) {
                duplicates.asks(record.asked(), number);
            }
        }

        private void follow(
                @Nullable KnownRecord known, Rendered record, Asked asked, long leader) {
            if (known == null) {
                index.add(
                        record.customId(),
                        state.records()
                                .insertFollower(record.recordId(), asked, record.kept(), leader));
            } else {
                leaveBatch(known);
                state.records().follow(known, asked, leader);
            }
        }

        private void shareAnswer(@Nullable KnownRecord known, Rendered record, long answer) {
            var sequence = state.answers().nextNumber();
            if (known == null) {
                index.add(
                        record.customId(),
                        state.records()
                                .insertAnswered(
                                        record.recordId(),
                                        record.asked(),
                                        record.kept(),
                                        answer,
                                        sequence));
            } else {
                leaveBatch(known);
                state.records().shareAnswer(known, record.asked(), answer, sequence);
            }
        }

        private byte[] further(KnownRecord record, byte[] own) {
            var refused = state.records().refused(record);
            return Reask.members(
                    own,
                    new Verdict.Rejected(
                            FailureKind.INVALID_ANSWER, refused.reason(), refused.answer()));
        }

        private void noteOthers(Rendered record, RecordState state, byte[] content) {
            waitsForOthers |=
                    state == RecordState.CARRIED
                            && !Arrays.equals(content, record.asked().content());
        }

        /** A batch that has it is not what answers it any more. */
        private void leaveBatch(KnownRecord record) {
            var batch = record.batch();
            if (batch == null) {
                return;
            }
            if (isOut(record)) {
                state.records().supersede(record, batch);
                return;
            }
            state.records().orphanFollowers(record, batch);
            if (record.state() == RecordState.CARRIED) {
                withdrawn.computeIfAbsent(batch, _ -> new HashSet<>()).add(record.number());
            }
        }

        private Draft draftFor(Rendered record) {
            largest.add(record.recordId(), target.paramsBytes(record.own()));
            var current = draft;
            if (current != null && !admits(current, record)) {
                complete.add(current);
                current = null;
                isFirst = false;
            }
            if (current == null) {
                current = state.batches().draft(target, environment.clock().instant());
                draft = current;
            }
            return current;
        }

        private boolean admits(Draft draft, Rendered record) {
            return environment.limits().admit(draft, record.customId(), record.own())
                    && !(isFirst && draft.requests() >= firstRequestsMax);
        }

        @Override
        public void setAside(@Nullable String id, String place, String reason, long position) {
            state.records().setAside(plan, firstPlace + position, id, place, reason);
        }

        @Override
        public void flush(boolean last, Progress told, long records, long unusable) {
            if (last && draft != null) {
                complete.add(draft);
                draft = null;
            }
            for (var each : complete) {
                each.complete();
                state.inTransaction(() -> state.batches().prepared(each));
                told.prepared(state.batches().batch(each.number()), records, unusable);
            }
            complete.clear();
        }

        @Override
        public void close() {
            if (duplicates != null) {
                duplicates.close();
            }
            if (draft != null) {
                draft.close();
            }
            complete.forEach(Draft::close);
        }
    }

    @SuppressWarnings("serial")
    private static final class RefusedRecord extends RuntimeException {
        private final String id;
        private final String reason;

        RefusedRecord(String id, String reason) {
            super(reason, null, false, false);
            this.id = id;
            this.reason = reason;
        }
    }

    /**
     * What a run would do.
     *
     * @param records that were read, unusable ones included
     * @param bytes of all params that are to be sent
     * @param requestSample some of those that no batch has yet
     */
    record Look(
            PromptVersion promptVersion,
            Preview.@Nullable RenderedPrompt sample,
            RecordCounts counts,
            long records,
            List<String> firstUnusable,
            long bytes,
            List<byte[]> requestSample,
            List<LargestRequests.Request> largest) {}

    /** Counts what was read. */
    private final class Looker implements Taker {
        private static final int SAMPLE_MAX = 64;
        private final RecordIndex index;

        /** New records, by a hash of 64 bits: enough for a count. */
        private final RecordIndex seen = RecordIndex.inMemory();

        private final @Nullable Duplicates duplicates;

        /** What new records ask, by a hash of 64 bits likewise. */
        private final RequestIndex asked = RequestIndex.inMemory();

        private final BitSet planned = new BitSet();
        private final Map<RecordState, Long> counts = new EnumMap<>(RecordState.class);
        private long submitted;
        private long following;
        private long toSend;
        private long bytes;
        private long stride = 1;
        private final List<byte[]> sample = new ArrayList<>();
        private final LargestRequests largest = new LargestRequests();
        private final List<String> unusable = new ArrayList<>();
        private long unusableCount;

        Looker(RecordIndex index) {
            this.index = index;
            this.duplicates = dedupe ? new Duplicates(state.requests(), this::isPlanned) : null;
        }

        @Override
        public void group(Runnable work) {
            work.run();
        }

        @Override
        public void take(Rendered record, long position) {
            var alone = standing(record, index, this::isPlanned);
            var standing = duplicates == null ? alone : duplicates.without(alone, record.asked());
            if (standing.known() == null && !(standing instanceof Standing.Refused)) {
                if (seen.find(record.customId(), _ -> true) > 0) {
                    throw new RefusedRecord(
                            record.recordId(),
                            "its id was that of an earlier record of the source already: make the ids unique");
                }
                seen.add(record.customId(), 1);
            }
            switch (standing) {
                case Standing.New() -> ask(record);
                case Standing.Refused(var reason) ->
                        throw new RefusedRecord(record.recordId(), reason);
                case Standing.Same(var known) -> same(known);
                case Standing.AnsweredBefore(var known, _) -> count(known, RecordState.DONE);
                case Standing.CarriedBefore(var known, _) -> {
                    planned.set((int) known.number());
                    submitted++;
                }
                case Standing.ToAsk(var known) -> {
                    planned.set((int) known.number());
                    ask(record);
                }
                case Standing.Follows(var known, _, _) -> {
                    plan(known);
                    following++;
                }
                case Standing.AnsweredToAnother(var known, _) -> {
                    plan(known);
                    counts.merge(RecordState.DONE, 1L, Long::sum);
                }
                case Standing.ToAskFurther(var known) -> {
                    planned.set((int) known.number());
                    ask(record);
                }
            }
        }

        private boolean isPlanned(long number) {
            return planned.get((int) number);
        }

        private void plan(@Nullable KnownRecord known) {
            if (known != null) {
                planned.set((int) known.number());
            }
        }

        private void same(KnownRecord known) {
            if (isOut(known)) {
                planned.set((int) known.number());
                submitted++;
            } else {
                count(known, known.state());
            }
        }

        private void count(KnownRecord known, RecordState as) {
            planned.set((int) known.number());
            counts.merge(as, 1L, Long::sum);
        }

        private void ask(Rendered record) {
            if (dedupe) {
                if (asked.find(record.asked()).isPresent()) {
                    following++;
                    return;
                }
                asked.put(record.asked().question(), 1);
            }
            long size = target.paramsBytes(record.own());
            bytes += size;
            largest.add(record.recordId(), size);
            if (toSend++ % stride == 0) {
                sample.add(target.params(record.own()));
                if (sample.size() == 2 * SAMPLE_MAX) {
                    for (int each = SAMPLE_MAX - 1; each >= 0; each--) {
                        sample.remove(2 * each + 1);
                    }
                    stride *= 2;
                }
            }
        }

        @Override
        public void setAside(@Nullable String id, String place, String reason, long position) {
            unusableCount++;
            if (unusable.size() < Forecaster.PLACES_TOLD) {
                unusable.add(place + ": " + reason);
            }
        }

        @Override
        public void flush(boolean last, Progress told, long records, long unusable) {}

        Look look(PromptVersion version, Walk walk) {
            long kept =
                    counts.getOrDefault(RecordState.OUTSTANDING, 0L)
                            + counts.getOrDefault(RecordState.CARRIED, 0L);
            long each = toSend == 0 ? 0 : bytes / toSend;
            return new Look(
                    version,
                    walk.sample,
                    new RecordCounts(
                            toSend + kept,
                            following,
                            submitted,
                            counts.getOrDefault(RecordState.DONE, 0L),
                            counts.getOrDefault(RecordState.FAILED, 0L),
                            counts.getOrDefault(RecordState.CANCELED, 0L),
                            unusableCount),
                    walk.read,
                    unusable,
                    bytes + kept * each,
                    sample,
                    largest.all());
        }

        @Override
        public void close() {
            seen.close();
            asked.close();
            if (duplicates != null) {
                duplicates.close();
            }
        }
    }

    // Reading

    /** One reading of the source. */
    private final class Walk implements AutoCloseable {
        private final RecordCursor records;
        private final int max;
        private final long unusableMax;
        private final boolean readsOn;
        private final Taker taker;
        private final Progress told;

        /** The first record that lacked a field, by the field's name. */
        private final Map<String, UnfilledPromptException> lacking = new LinkedHashMap<>();

        private Preview.@Nullable RenderedPrompt sample;
        private Set<String> fields = Set.of();
        private int read;
        private long unusable;
        private boolean ended;

        /**
         * @param readsOn whether there are records before it, which are not read again
         */
        Walk(RecordCursor records, long unusableMax, boolean readsOn, Taker taker, Progress told) {
            this.records = records;
            this.max = limit == null ? Integer.MAX_VALUE : limit;
            this.unusableMax = unusableMax;
            this.readsOn = readsOn;
            this.taker = taker;
            this.told = told;
            records.leftOut()
                    .forEach(file ->
                            listener.on(
                                    new RunEvent.Noted(
                                            file
                                                    + " is the pipeline's own file, so it is none of its records")));
        }

        void toTheEnd() {
            while (!ended) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new StoppedReading();
                }
                var group = new ArrayList<Runnable>();
                render(group);
                taker.group(() -> group.forEach(Runnable::run));
                taker.flush(false, told, read, unusable);
            }
            finish();
            taker.flush(true, told, read, unusable);
        }

        /** Renders as many records as belong into one transaction. */
        private void render(List<Runnable> group) {
            long bytes = 0;
            while (group.size() < environment.limits().recordsPerCommit()
                    && bytes < GROUP_BYTES_MAX) {
                if (read == max || isCutShort()) {
                    ended = true;
                    return;
                }
                int position = read;
                switch (records.next()) {
                    case null -> {
                        ended = true;
                        return;
                    }
                    case SourceRecord record -> bytes += take(record, position, group);
                    case UnusableRecord(var id, var reason) ->
                            setAside(id, reason, position, group);
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
        private int take(SourceRecord record, int position, List<Runnable> group) {
            byte[] own;
            try {
                own = template.own(record);
            } catch (UnfilledPromptException e) {
                note(e);
                setAside(record.id(), e.reason(), position, group);
                return 0;
            }
            long bytes = target.paramsBytes(own);
            var bytesMax = requestBytesMax();
            if (bytes > bytesMax) {
                setAside(
                        record.id(),
                        "its request has %,d bytes, and at most %,d are allowed: truncate a field"
                                .formatted(bytes, bytesMax),
                        position,
                        group);
                return 0;
            }
            var rendered =
                    new Rendered(
                            record.id(),
                            CustomId.ofRecord(record.id()).value(),
                            asked(own),
                            own,
                            keptFields.of(record));
            var place = place();
            group.add(() -> {
                try {
                    taker.take(rendered, position);
                } catch (RefusedRecord refused) {
                    unusable++;
                    taker.setAside(refused.id, place, refused.reason, position);
                }
            });
            if (sample == null) {
                fields = record.fields().keySet();
                sample = new Preview.RenderedPrompt(record.id(), template.prompt(record));
            }
            return own.length;
        }

        private void note(UnfilledPromptException flaw) {
            var field = flaw.missingField();
            if (field != null) {
                lacking.putIfAbsent(field, flaw);
            }
        }

        private String place() {
            return records.place().orElseGet(() -> "record " + (read + 1));
        }

        private void setAside(
                @Nullable String id, String reason, int position, List<Runnable> group) {
            unusable++;
            var place = place();
            group.add(() -> taker.setAside(id, place, reason, position));
        }

        /** What a source that was not read to its end has further on is not known. */
        private void finish() {
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
            refuseUnknownKept();
            for (var field : lacking.entrySet()) {
                if (!template.hasFound(field.getKey())) {
                    throw field.getValue();
                }
            }
        }

        private void refuseUnknownKept() {
            if (sample == null || keptFields.unknown().isEmpty()) {
                return;
            }
            throw new RunException(
                    "keep: no record has a field %s: the fields are %s"
                            .formatted(
                                    String.join(" or ", keptFields.unknown()),
                                    String.join(", ", fields)),
                    null);
        }

        @Override
        public void close() {
            taker.close();
        }
    }

    /** Nobody waits for the rest any more. */
    @SuppressWarnings("serial")
    static final class StoppedReading extends RuntimeException {}

    /** A batch holds at least one request. */
    private long requestBytesMax() {
        return Math.min(REQUEST_BYTES_MAX, environment.limits().batchBytesMax() - FRAME_BYTES);
    }
}
