package dev.nightmail.pipeline.sink;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A pipeline's answers one line after the other, for a sink to which more are added. */
public final class AnswerLines {

    private final SinkFormat format;
    private final Formulas formulas;
    private final Columns columns;

    /**
     * @param format one whose rows stand for themselves: not Parquet
     * @param shape of the rows
     */
    public AnswerLines(SinkFormat format, Formulas formulas, RowShape shape) {
        this.format = format;
        this.formulas = formulas;
        this.columns = Columns.of(shape, Columns.ID, false);
    }

    /** What the author should know of the columns before anything is sent; a sentence each. */
    public List<String> notes() {
        return columns.notes();
    }

    /** What stands before the first row. */
    public void begin(OutputStream out) throws IOException {
        switch (format) {
            case CSV -> Csv.writeHeader(columns, formulas, out);
            case JSONL -> {
                // Every line says what it is.
            }
            case PARQUET -> throw noLines();
        }
    }

    public void write(AnswerRows rows, OutputStream out) throws IOException {
        switch (format) {
            case CSV -> Csv.writeRows(columns, rows, formulas, out);
            case JSONL -> JsonLines.write(columns, rows, out);
            case PARQUET -> throw noLines();
        }
    }

    /** What ends a row. */
    byte[] lineEnd() {
        return (format == SinkFormat.CSV ? "\r\n" : "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * How many bytes the whole rows take of those that a piece of a file begins with.
     *
     * @param length of the piece
     */
    int wholeRows(byte[] rows, int length) {
        int end = 0;
        var isQuoted = false;
        for (int index = 0; index < length; index++) {
            if (rows[index] == '"' && format == SinkFormat.CSV) {
                isQuoted = !isQuoted;
            } else if (rows[index] == '\n' && !isQuoted) {
                end = index + 1;
            }
        }
        return end;
    }

    private static IllegalStateException noLines() {
        return new IllegalStateException("a Parquet file is written whole");
    }
}
