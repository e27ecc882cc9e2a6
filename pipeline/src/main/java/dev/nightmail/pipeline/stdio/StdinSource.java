package dev.nightmail.pipeline.stdio;

import dev.nightmail.pipeline.source.RecordCursor;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.stdio.StdinSourceProvider.StandardInput;
import dev.nightmail.pipeline.streams.StandardStreams;
import org.jspecify.annotations.Nullable;

/**
 * Standard input, read once and as it comes. Nothing is read on from a position: what an earlier
 * run read is gone, and a later run reads whatever is piped in then. A record that was answered
 * before is known by its id and content.
 */
final class StdinSource implements RecordSource {

    private final StandardInput definition;
    private final StandardStreams streams;
    private final int rowBytesMax;

    StdinSource(StandardInput definition, StandardStreams streams) {
        this(definition, streams, InputRows.ROW_BYTES_MAX);
    }

    StdinSource(StandardInput definition, StandardStreams streams, int rowBytesMax) {
        this.definition = definition;
        this.streams = streams;
        this.rowBytesMax = rowBytesMax;
    }

    @Override
    public RecordCursor open(@Nullable String position) {
        if (streams.isTerminal()) {
            throw new SourceException(
                    "source.stdin: standard input is a terminal: pipe the records in, as in \"cat tickets.jsonl | nightmail run …\"");
        }
        var in = new InputBytes(streams.input());
        var text = new InputText(definition.encoding());
        return switch (definition.format()) {
            case JSONL ->
                    new StdinCursor(
                            InputRows.lines(in, rowBytesMax), new JsonRow(definition.id(), text));
            case LINES -> new StdinCursor(InputRows.lines(in, rowBytesMax), new TextRow(text));
            case CSV -> csv(in, text);
        };
    }

    private RecordCursor csv(InputBytes in, InputText text) {
        var rows = InputRows.csv(in, CsvRow.delimiter(in.peekLine()), rowBytesMax);
        var header = rows.next();
        return new StdinCursor(
                rows,
                header == null
                        ? _ -> {
                            throw new IllegalStateException("without a header there are no rows");
                        }
                        : new CsvRow(CsvRow.columns(header, definition.id(), text), text));
    }
}
