package dev.nightmail.pipeline.stdio;

import dev.nightmail.pipeline.source.SourceException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of standard input that hold something; one is in memory at a time, and of a row that is
 * too long only its length.
 */
final class InputRows {

    /** As of a text file: three times the largest request. */
    static final int ROW_BYTES_MAX = 100_000_000;

    /** A buffer that one long cell made larger is given back. */
    private static final int KEPT_BYTES_MAX = 1 << 20;

    /** No quotes and no delimiters: a row is a line. */
    private static final int NONE = -2;

    private final InputBytes in;
    private final int delimiter;
    private final int rowBytesMax;

    private ByteArrayOutputStream cell = new ByteArrayOutputStream();
    private List<byte @Nullable []> cells = new ArrayList<>();
    private long bytes;

    private InputRows(InputBytes in, int delimiter, int rowBytesMax) {
        this.in = in;
        this.delimiter = delimiter;
        this.rowBytesMax = rowBytesMax;
    }

    static InputRows lines(InputBytes in, int rowBytesMax) {
        return new InputRows(in, NONE, rowBytesMax);
    }

    /** Cells in quotes may hold delimiters, line ends and doubled quotes. */
    static InputRows csv(InputBytes in, char delimiter, int rowBytesMax) {
        return new InputRows(in, delimiter, rowBytesMax);
    }

    /** The next row that is not blank; null after the last. */
    @Nullable InputRow next() {
        while (true) {
            var row = row();
            if (row == null || !isBlank(row)) {
                return row;
            }
        }
    }

    private @Nullable InputRow row() {
        long line = in.line();
        int next = in.next();
        if (next == InputBytes.END) {
            return null;
        }
        cells = new ArrayList<>();
        bytes = 0;
        String flaw = null;
        while (true) {
            boolean wasQuoted = false;
            if (next == '"' && delimiter != NONE) {
                wasQuoted = true;
                next = takeQuoted(line);
                if (!endsCell(next)) {
                    flaw = "text stands behind the closing quote of a cell";
                }
            }
            while (!endsCell(next)) {
                keep(next);
                next = in.next();
            }
            endCell(wasQuoted, next != delimiter);
            if (next != delimiter) {
                break;
            }
            next = in.next();
        }
        if (bytes > rowBytesMax) {
            flaw = "it is longer than %,d bytes".formatted(rowBytesMax);
        }
        return new InputRow(line, cells, flaw, next == '\n');
    }

    private boolean endsCell(int next) {
        return next == '\n' || next == InputBytes.END || next == delimiter;
    }

    /** Up to the closing quote; gives what stands behind it, a carriage return left out. */
    private int takeQuoted(long line) {
        while (true) {
            int next = in.next();
            if (next == InputBytes.END) {
                // All that stands behind the quote is in one cell: no record of it can be trusted.
                throw new SourceException(
                        "source.stdin: the row that begins in line %d has a quote that stays open to the end of the input: mend it"
                                .formatted(line));
            }
            if (next == '"') {
                next = in.next();
                if (next == '\r') {
                    return in.next();
                }
                if (next != '"') {
                    return next;
                }
            }
            keep(next);
        }
    }

    private void keep(int next) {
        bytes++;
        if (bytes <= rowBytesMax) {
            cell.write(next);
        } else if (cell.size() > 0) {
            cell = new ByteArrayOutputStream();
        }
    }

    private void endCell(boolean wasQuoted, boolean isLast) {
        var content = cell.toByteArray();
        if (content.length > KEPT_BYTES_MAX) {
            cell = new ByteArrayOutputStream();
        }
        cell.reset();
        int length = content.length;
        if (isLast && !wasQuoted && length > 0 && content[length - 1] == '\r') {
            content = Arrays.copyOf(content, length - 1);
        }
        if (bytes <= rowBytesMax) {
            cells.add(content.length == 0 && !wasQuoted ? null : content);
        } else {
            cells.clear();
        }
    }

    private static boolean isBlank(InputRow row) {
        if (row.flaw() != null || row.cells().size() > 1) {
            return false;
        }
        for (var cell : row.cells()) {
            for (byte letter : cell == null ? new byte[0] : cell) {
                if (letter != ' ' && letter != '\t') {
                    return false;
                }
            }
        }
        return true;
    }
}
