package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.natives.NativeLibraryException;
import dev.nightmail.pipeline.streams.Packing;
import java.util.List;
import java.util.function.Consumer;

/** A pipeline's answers as the file its {@code sink} names. */
public final class AnswerFile {

    /** Tells a spreadsheet that what follows is UTF-8. */
    static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final SinkFormat format;
    private final Formulas formulas;
    private final boolean hasMark;
    private final Packing packing;
    private final Columns columns;

    /** As it is read by programs. */
    public AnswerFile(SinkFormat format, Formulas formulas, RowShape shape) {
        this(format, formulas, false, Packing.NONE, shape);
    }

    /**
     * @param hasMark whether it begins with a byte order mark
     * @param packing not of Parquet, which packs itself
     * @param shape of the rows
     */
    public AnswerFile(
            SinkFormat format,
            Formulas formulas,
            boolean hasMark,
            Packing packing,
            RowShape shape) {
        this.format = format;
        this.formulas = formulas;
        this.hasMark = hasMark;
        this.packing = packing;
        // To the readers of Parquet files Mood and mood are one column.
        this.columns = Columns.of(shape, Columns.ID, format == SinkFormat.PARQUET);
    }

    /** What the author should know of the columns before anything is sent; a sentence each. */
    public List<String> notes() {
        return columns.notes();
    }

    /**
     * Makes ready what it takes to write it.
     *
     * @throws SinkException if that cannot be had
     */
    void prepare() {
        try {
            packing.prepare();
        } catch (NativeLibraryException e) {
            throw new SinkException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Writes these rows.
     *
     * @param notes is told, in a sentence each, where an answer did not fit its column
     */
    public WholeFile.Filling filling(AnswerRows rows, Consumer<String> notes) {
        return switch (format) {
            case JSONL -> stream(out -> JsonLines.write(columns, rows, out));
            case CSV -> stream(out -> Csv.write(columns, rows, formulas, out));
            case PARQUET -> partial -> Parquet.write(columns, rows, partial, notes);
        };
    }

    private WholeFile.Filling stream(WholeFile.Writing rows) {
        WholeFile.Writing marked =
                out -> {
                    if (hasMark) {
                        out.write(BYTE_ORDER_MARK);
                    }
                    rows.write(out);
                };
        return WholeFile.stream(out -> packing.pack(out, marked::write));
    }
}
