package dev.nightmail.engine;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.AttemptMarks;
import dev.nightmail.core.journal.BatchDraft;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.ResultFile;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.Prefixes;
import dev.nightmail.core.request.Request;
import dev.nightmail.core.request.RequestLog;
import dev.nightmail.core.request.RequestSummary;
import dev.nightmail.core.result.ResultLog;
import dev.nightmail.core.result.Settled;
import dev.nightmail.core.result.SettledRequest;
import dev.nightmail.core.retention.ClockState;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.engine.Faults.Step;
import java.util.List;
import java.util.Optional;

/** A journal that can fail at every step. */
record FaultyJournal(Journal journal, Faults faults) implements Journal {

    @Override
    public BatchDraft draft(BatchId id) {
        return new Draft(journal.draft(id), faults);
    }

    @Override
    public Optional<ClockState> clock() {
        return journal.clock();
    }

    @Override
    public void rememberClock(ClockState state) {
        journal.rememberClock(state);
    }

    @Override
    public List<BatchId> batches() {
        return journal.batches();
    }

    @Override
    public Optional<Batch> find(BatchId id) {
        return journal.find(id);
    }

    @Override
    public void record(Batch batch) {
        faults.during(Step.RECORD, () -> journal.record(batch));
    }

    @Override
    public OpenBatch open(BatchId id) {
        return new Open(faults.during(Step.OPEN, () -> journal.open(id)), faults);
    }

    @Override
    public List<String> damages(BatchId id) {
        return journal.damages(id);
    }

    @Override
    public List<Tally> usage(BatchId id) {
        return journal.usage(id);
    }

    @Override
    public Optional<ResultFile> results(BatchId id) {
        return journal.results(id);
    }

    @Override
    public void archive(BatchId id) {
        faults.during(Step.ARCHIVE, () -> journal.archive(id));
    }

    @Override
    public void delete(BatchId id) {
        faults.during(Step.JOURNAL_DELETE, () -> journal.delete(id));
    }

    private record Draft(BatchDraft draft, Faults faults) implements BatchDraft {

        @Override
        public BatchId id() {
            return draft.id();
        }

        @Override
        public void add(
                CustomId customId, RequestSummary summary, byte[] params, int offset, int length) {
            draft.add(customId, summary, params, offset, length);
        }

        @Override
        public int size() {
            return draft.size();
        }

        @Override
        public List<String> models() {
            return draft.models();
        }

        @Override
        public void commit(BatchHeader header) {
            faults.during(Step.COMMIT, () -> draft.commit(header));
        }

        @Override
        public void close() {
            if (!faults.isDead()) {
                draft.close();
            }
        }
    }

    private record Open(OpenBatch files, Faults faults) implements OpenBatch {

        @Override
        public RequestLog requests() {
            return new Requests(files.requests(), faults);
        }

        @Override
        public ResultLog results() {
            return new Results(files.results(), faults);
        }

        @Override
        public Settled settled() {
            return files.settled();
        }

        @Override
        public AttemptMarks attempts() {
            return files.attempts();
        }

        @Override
        public void close() {
            files.close();
        }
    }

    private record Requests(RequestLog log, Faults faults) implements RequestLog {

        @Override
        public Request read(int number) {
            return faults.during(Step.READ, () -> log.read(number));
        }

        @Override
        public CustomId customId(int number) {
            return faults.during(Step.READ, () -> log.customId(number));
        }

        @Override
        public int size() {
            return log.size();
        }

        @Override
        public int model(int number) {
            return log.model(number);
        }

        @Override
        public int inputTokensEstimate(int number) {
            return log.inputTokensEstimate(number);
        }

        @Override
        public int outputTokensMax(int number) {
            return log.outputTokensMax(number);
        }

        @Override
        public Prefixes prefixes() {
            return log.prefixes();
        }

        @Override
        public int lineBytes(int number) {
            return log.lineBytes(number);
        }
    }

    private record Results(ResultLog log, Faults faults) implements ResultLog {

        @Override
        public long append(List<SettledRequest> results) {
            return faults.during(Step.APPEND, () -> log.append(results));
        }

        @Override
        public void close() {
            log.close();
        }
    }
}
