package dev.nightmail.pipeline.sink;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A pipeline's answers as the file its {@code sink} names. */
public final class AnswerFile {

    private final SinkFormat format;
    private final Formulas formulas;
    private final Columns columns;

    /**
     * @param schema of the answers; null if any text will do
     */
    public AnswerFile(SinkFormat format, Formulas formulas, @Nullable JsonNode schema) {
        this.format = format;
        this.formulas = formulas;
        // To the readers of Parquet files Mood and mood are one column.
        this.columns = Columns.of(schema, Columns.ID, format == SinkFormat.PARQUET);
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
        return switch (format) {
            case JSONL -> WholeFile.stream(out -> JsonLines.write(columns, rows, out));
            case CSV -> WholeFile.stream(out -> Csv.write(columns, rows, formulas, out));
            case PARQUET -> partial -> Parquet.write(columns, rows, partial, notes);
        };
    }
}
