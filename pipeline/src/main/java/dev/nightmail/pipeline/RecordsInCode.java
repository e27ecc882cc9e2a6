package dev.nightmail.pipeline;

import dev.nightmail.pipeline.source.RecordCursor;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceContext;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceItem;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.source.UnusableRecord;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Records that a program hands over, walked over anew each time. */
final class RecordsInCode implements SourceDefinition {

    private final Iterable<SourceRecord> records;

    RecordsInCode(Iterable<SourceRecord> records) {
        this.records = records;
    }

    @Override
    public RecordSource open(SourceContext context) {
        return _ -> new Walk(records.iterator());
    }

    private record Walk(Iterator<SourceRecord> records) implements RecordCursor {
        @Override
        public @Nullable SourceItem next() {
            if (!records.hasNext()) {
                return null;
            }
            var next = records.next();
            return next.id().isBlank()
                    ? new UnusableRecord(null, "it has no id: every record needs one")
                    : next;
        }

        @Override
        public void close() {}
    }
}
