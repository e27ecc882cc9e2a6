package dev.nightmail.pipeline.simulation;

import dev.nightmail.pipeline.source.RecordCursor;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceContext;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceItem;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.source.UnusableRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The records that people work on between the runs. */
final class Records {

    /** How a source is read. */
    enum Kind {
        /** Only reading tells. */
        PLAIN,
        /** It tells whether anything has changed. */
        WITH_FINGERPRINT,
        /** It is read on from a position; what changes comes again at its end. */
        WITH_POSITION
    }

    /** A record; one with an empty text cannot be used. */
    record Row(String id, String text, long stamp) {}

    private static final int GROUPS = 5;

    private final Kind kind;
    private final boolean inGroups;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final List<Row> vanished = new ArrayList<>();
    private long lastStamp;
    private int made;

    /**
     * @param inGroups whether several ask the same
     */
    Records(Kind kind, boolean inGroups, int size) {
        this.kind = kind;
        this.inGroups = inGroups;
        for (int number = 0; number < size; number++) {
            add();
        }
    }

    Kind kind() {
        return kind;
    }

    List<Row> all() {
        return List.copyOf(rows.values());
    }

    /** What of a record, beside its text, its prompt shows. */
    String group(String id) {
        return inGroups ? "g" + Integer.parseInt(id.substring(1)) % GROUPS : id;
    }

    Row row(String id) {
        return java.util.Objects.requireNonNull(rows.get(id));
    }

    /** The ids of all, whether the source gives them now or not. */
    List<String> everSeen() {
        var ids = new ArrayList<String>();
        for (int number = 0; number < made; number++) {
            ids.add("r" + number);
        }
        return ids;
    }

    String add() {
        var id = "r" + made++;
        rows.put(id, new Row(id, "v0", ++lastStamp));
        return id;
    }

    /** Changes one, at times to what it was before. */
    String change(RandomGenerator random) {
        var row = any(random);
        var text = random.nextInt(12) == 0 ? "" : "v" + random.nextInt(3);
        if (kind == Kind.WITH_POSITION) {
            rows.remove(row.id());
        }
        rows.put(row.id(), new Row(row.id(), text, ++lastStamp));
        return row.id();
    }

    /** Mends what cannot be used. @return what changed */
    List<String> mend() {
        var mended = new ArrayList<String>();
        for (var row : all()) {
            if (row.text().isEmpty()) {
                if (kind == Kind.WITH_POSITION) {
                    rows.remove(row.id());
                }
                rows.put(row.id(), new Row(row.id(), "v1", ++lastStamp));
                mended.add(row.id());
            }
        }
        return mended;
    }

    void vanishOrReturn(RandomGenerator random) {
        if (kind == Kind.WITH_POSITION) {
            return;
        }
        if (!vanished.isEmpty() && random.nextBoolean()) {
            var row = vanished.removeLast();
            rows.put(row.id(), row);
        } else if (rows.size() > 2) {
            var row = any(random);
            rows.remove(row.id());
            vanished.add(row);
        }
    }

    private Row any(RandomGenerator random) {
        var all = all();
        return all.get(random.nextInt(all.size()));
    }

    SourceDefinition definition(Life life) {
        return new SourceDefinition() {
            @Override
            public RecordSource open(SourceContext context) {
                return new Source(life);
            }
        };
    }

    private final class Source implements RecordSource {
        private final Life life;

        Source(Life life) {
            this.life = life;
        }

        @Override
        public RecordCursor open(@Nullable String position) {
            long from =
                    position == null || kind != Kind.WITH_POSITION ? 0 : Long.parseLong(position);
            return new Cursor(all().stream().filter(row -> row.stamp() >= from).toList(), from);
        }

        @Override
        public @Nullable String fingerprint() {
            return kind == Kind.WITH_FINGERPRINT ? String.valueOf(rows.hashCode()) : null;
        }

        private final class Cursor implements RecordCursor {
            private final List<Row> rows;
            private int next;
            private long reached;

            Cursor(List<Row> rows, long from) {
                this.rows = rows;
                this.reached = from;
            }

            @Override
            public @Nullable SourceItem next() {
                if (life.random().nextInt(4) == 0) {
                    life.pauseUnlessInterrupted(Duration.ofMillis(life.random().nextInt(1, 3_000)));
                }
                if (next == rows.size()) {
                    return null;
                }
                var row = rows.get(next++);
                reached = Math.max(reached, row.stamp());
                return row.text().isEmpty()
                        ? new UnusableRecord(row.id(), "it has no text")
                        : new SourceRecord(
                                row.id(), Map.of("group", group(row.id()), "text", row.text()));
            }

            @Override
            public @Nullable String position() {
                return kind == Kind.WITH_POSITION ? String.valueOf(reached) : null;
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        }
    }
}
