package dev.nightmail.simulation.world;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.AttemptMarks;
import dev.nightmail.core.journal.BatchDraft;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.ResultFile;
import dev.nightmail.core.request.RequestLog;
import dev.nightmail.core.result.ResultLog;
import dev.nightmail.core.result.Settled;
import dev.nightmail.core.result.SettledRequest;
import dev.nightmail.core.retention.ClockState;
import dev.nightmail.core.usage.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Parts of the server that are wrong on purpose. */
final class Defective {

    private Defective() {}

    /**
     * @param opened told of each batch that was opened
     */
    static Journal journal(Journal sound, Defect defect, Consumer<BatchId> opened) {
        return switch (defect) {
            case JOURNAL_HURRIES -> new Wrapped(sound, HurriedLog::new, true, opened);
            case JOURNAL_MIXES_UP -> new Wrapped(sound, MixedUpLog::new, true, opened);
            case JOURNAL_FORGETS_ATTEMPTS -> new Wrapped(sound, log -> log, false, opened);
            case NONE, DISK_LIES, CATALOG_LOSES_UPDATES, LEDGER_CHARGES_TWICE, REFUSALS_PASSED_ON ->
                    new Wrapped(sound, log -> log, true, opened);
        };
    }

    private interface Wrong {
        ResultLog of(ResultLog sound);
    }

    private record Wrapped(
            Journal sound, Wrong wrong, boolean remembersAttempts, Consumer<BatchId> opened)
            implements Journal {
        @Override
        public BatchDraft draft(BatchId id) {
            return sound.draft(id);
        }

        @Override
        public Optional<ClockState> clock() {
            return sound.clock();
        }

        @Override
        public void rememberClock(ClockState state) {
            sound.rememberClock(state);
        }

        @Override
        public List<BatchId> batches() {
            return sound.batches();
        }

        @Override
        public Optional<Batch> find(BatchId id) {
            return sound.find(id);
        }

        @Override
        public void record(Batch batch) {
            sound.record(batch);
        }

        @Override
        public OpenBatch open(BatchId id) {
            var files = sound.open(id);
            opened.accept(id);
            return new WrappedOpen(
                    files,
                    wrong.of(files.results()),
                    remembersAttempts ? files.attempts() : AttemptMarks.NONE);
        }

        @Override
        public List<String> damages(BatchId id) {
            return sound.damages(id);
        }

        @Override
        public List<Tally> usage(BatchId id) {
            return sound.usage(id);
        }

        @Override
        public Optional<ResultFile> results(BatchId id) {
            return sound.results(id);
        }

        @Override
        public void archive(BatchId id) {
            sound.archive(id);
        }

        @Override
        public void delete(BatchId id) {
            sound.delete(id);
        }
    }

    private record WrappedOpen(Journal.OpenBatch sound, ResultLog results, AttemptMarks attempts)
            implements Journal.OpenBatch {
        @Override
        public RequestLog requests() {
            return sound.requests();
        }

        @Override
        public Settled settled() {
            return sound.settled();
        }

        @Override
        public void close() {
            results.close();
            sound.close();
        }
    }

    /** Appends each group with the next. */
    private static final class HurriedLog implements ResultLog {
        private final ResultLog sound;
        private final List<SettledRequest> held = new ArrayList<>();

        HurriedLog(ResultLog sound) {
            this.sound = sound;
        }

        @Override
        public long append(List<SettledRequest> results) {
            if (!held.isEmpty()) {
                sound.append(List.copyOf(held));
                held.clear();
            }
            held.addAll(results);
            return 0;
        }

        @Override
        public void close() {
            if (!held.isEmpty()) {
                sound.append(List.copyOf(held));
                held.clear();
            }
        }
    }

    /** Exchanges the answers of the first two in a group. */
    private record MixedUpLog(ResultLog sound) implements ResultLog {
        @Override
        public long append(List<SettledRequest> results) {
            if (results.size() < 2) {
                return sound.append(results);
            }
            var mixed = new ArrayList<>(results);
            var first = results.getFirst();
            var second = results.get(1);
            mixed.set(0, with(first, second));
            mixed.set(1, with(second, first));
            return sound.append(mixed);
        }

        private static SettledRequest with(SettledRequest request, SettledRequest answer) {
            return new SettledRequest(
                    request.number(), request.customId(), answer.result(), request.settledAt());
        }

        @Override
        public void close() {}
    }
}
