package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.definition.OutputDefinition;
import dev.nightmail.pipeline.definition.SinkDefinition;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A pipeline's answers as the file its {@code sink} names. */
public final class AnswerFile {

    private final SinkDefinition sink;
    private final Columns columns;

    public AnswerFile(SinkDefinition sink, @Nullable OutputDefinition output) {
        this.sink = sink;
        this.columns = Columns.of(output, sink.format());
    }

    /** What the author should know of the columns before anything is sent; a sentence each. */
    public List<String> notes() {
        return columns.notes();
    }

    /**
     * Writes these rows.
     *
     * @param notes is told, in a sentence each, where an answer did not fit its column
     */
    public WholeFile.Filling filling(AnswerRows rows, Consumer<String> notes) {
        return switch (sink.format()) {
            case JSONL -> WholeFile.stream(out -> JsonLines.write(columns, rows, out));
            case CSV -> WholeFile.stream(out -> Csv.write(columns, rows, sink.formulas(), out));
            case PARQUET -> partial -> Parquet.write(columns, rows, partial, notes);
        };
    }
}
