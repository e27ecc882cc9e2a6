package dev.nightmail.pipeline.simulation;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.simulation.Faults.Fault;
import dev.nightmail.pipeline.sink.Answers;
import dev.nightmail.pipeline.sink.Sink;
import dev.nightmail.pipeline.sink.SinkContext;
import dev.nightmail.pipeline.sink.SinkDefinition;
import dev.nightmail.pipeline.sink.SinkException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A table of answers in a database that outlives every process. It knows which number was delivered
 * and takes none twice.
 */
final class Table {

    private static final int GROUP_ROWS = 3;

    private final Map<String, String> rows = new TreeMap<>();
    private final Map<String, Long> delivered = new TreeMap<>();
    private final Set<String> numbersWritten = new HashSet<>();

    Map<String, String> rows() {
        return rows;
    }

    /** The table, as one process writes to it. */
    SinkDefinition definition(Path folder, Life life, Faults faults, Defect defect) {
        return new SinkDefinition() {
            @Override
            public Optional<NamedFile> file() {
                return Optional.empty();
            }

            @Override
            public Path folder() {
                return folder;
            }

            @Override
            public String place() {
                return "the table";
            }

            @Override
            public SinkDefinition sample() {
                return this;
            }

            @Override
            public Sink open(SinkContext context) {
                return new TableSink(context, life, faults, defect);
            }
        };
    }

    private final class TableSink implements Sink {
        private final SinkContext context;
        private final Life life;
        private final Faults faults;
        private final Defect defect;

        /** As far as is known; null: to be asked for. */
        private @Nullable Long known;

        private String id = "";

        TableSink(SinkContext context, Life life, Faults faults, Defect defect) {
            this.context = context;
            this.life = life;
            this.faults = faults;
            this.defect = defect;
        }

        @Override
        public void check(Answers answers) {
            id = context.pipelineId();
            if (faults.strikes(Fault.SINK_FAILS)) {
                throw new SinkException("the table cannot be reached", null);
            }
            long there = delivered.getOrDefault(id, 0L);
            Violation.unless(
                    there <= answers.last(),
                    "the table has answer %d, and the last is %d",
                    there,
                    answers.last());
            known = there;
        }

        @Override
        public long deliver(Answers answers) throws InterruptedException {
            long count = 0;
            while (true) {
                long from = known == null ? delivered.getOrDefault(id, 0L) : known;
                known = from;
                var group = answers.after(from, GROUP_ROWS);
                if (group.isEmpty()) {
                    return count;
                }
                life.point("deliver after " + from);
                life.pause(Duration.ofMillis(life.random().nextInt(1, 50)));
                if (faults.strikes(Fault.SINK_FAILS)) {
                    known = null;
                    throw new SinkException("the table cannot be reached", null);
                }
                long last = group.getLast().sequence();
                Violation.unless(
                        delivered.getOrDefault(id, 0L) == from, "the table is not where it was");
                for (var answer : group) {
                    if (!numbersWritten.add(id + answer.sequence())) {
                        life.violated(
                                new Violation(
                                        "answer %d is delivered again"
                                                .formatted(answer.sequence())));
                    }
                    rows.put(answer.row().recordId(), answer.row().answer());
                }
                if (defect == Defect.SINK_DELIVERS_AGAIN) {
                    life.point("written, not noted");
                }
                delivered.put(id, last);
                life.point("delivered up to " + last);
                count += group.size();
                known = faults.strikes(Fault.SINK_ANSWER_LOST) ? null : Long.valueOf(last);
            }
        }

        @Override
        public long complete(Answers answers) throws InterruptedException {
            return deliver(answers);
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
