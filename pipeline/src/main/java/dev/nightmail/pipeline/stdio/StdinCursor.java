package dev.nightmail.pipeline.stdio;

import dev.nightmail.pipeline.source.EmptySourceException;
import dev.nightmail.pipeline.source.RecordCursor;
import dev.nightmail.pipeline.source.SourceItem;
import dev.nightmail.pipeline.source.UnusableRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A walk over the rows of standard input. A row that is broken costs no other. */
final class StdinCursor implements RecordCursor {

    /** Makes a record of a row whose form is right. */
    interface Form {
        SourceItem item(InputRow row);
    }

    private final InputRows rows;
    private final Form form;
    private long line;

    StdinCursor(InputRows rows, Form form) {
        this.rows = rows;
        this.form = form;
    }

    @Override
    public @Nullable SourceItem next() {
        var row = rows.next();
        if (row == null && line == 0) {
            throw new EmptySourceException(
                    "source.stdin: standard input brings no records, so there is nothing to ask. Files of earlier runs are left as they are");
        }
        if (row == null) {
            return null;
        }
        line = row.line();
        var flaw = row.flaw();
        return flaw == null ? form.item(row) : new UnusableRecord(null, flaw);
    }

    @Override
    public Optional<String> place() {
        return Optional.of("line " + line + " of standard input");
    }

    /** Standard input belongs to the process. */
    @Override
    public void close() {}
}
