package dev.nightmail.pipeline.stdio;

import dev.nightmail.pipeline.source.SourceItem;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.source.UnusableRecord;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** A line of text as a record: its id is the number of the line. */
record TextRow(InputText text) implements StdinCursor.Form {

    @Override
    public SourceItem item(InputRow row) {
        var id = String.valueOf(row.line());
        var line = row.cells().getFirst();
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("id", id);
        try {
            fields.put("text", text.of(line == null ? new byte[0] : line));
            return new SourceRecord(id, fields);
        } catch (UnreadableRowException e) {
            return new UnusableRecord(id, String.valueOf(e.getMessage()));
        }
    }
}
