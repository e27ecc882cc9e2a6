package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.natives.DuckDb;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Parquet file by way of DuckDB: the rows go through a file of JSON lines, so memory holds one
 * row group, not all rows.
 */
final class Parquet {

    /** DuckDB's limit for one JSON line; an answer of a 300,000-token model stays far below it. */
    private static final int LINE_BYTES_MAX = 64 * 1024 * 1024;

    /**
     * Of a row group before it is packed. Without it a group is 122,880 rows, however long their
     * answers are.
     */
    private static final int GROUP_BYTES = 16 * 1024 * 1024;

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private Parquet() {}

    /** How wide a column must be for the answers there are. */
    private enum Width {
        /** The type of the schema holds every answer. */
        AS_DECLARED,
        /** Whole numbers too long for 64 bits, exact up to 38 digits. */
        DECIMAL,
        /**
         * What no type of number holds, as its digits; and values of another type than declared.
         */
        TEXT
    }

    private static final int DECIMAL_DIGITS_MAX = 38;
    private static final int LONG_DIGITS_MAX = 19;

    static void write(Columns columns, AnswerRows rows, Path target, Consumer<String> notes)
            throws IOException {
        var lines = target.resolveSibling(target.getFileName() + ".jsonl");
        try {
            var widths = widths(columns, rows);
            WholeFile.stream(out ->
                            rows.each((recordId, answer) ->
                                    out.write(
                                            JsonLines.line(
                                                    row(
                                                            columns,
                                                            widths,
                                                            recordId,
                                                            JSON.readTree(answer))))))
                    .fill(lines);
            convert(columns, widths, lines, target);
            note(columns, widths, notes);
        } finally {
            Files.deleteIfExists(lines);
        }
    }

    /** Looks at every answer before the types are settled: one that does not fit costs no other. */
    private static List<Width> widths(Columns columns, AnswerRows rows) throws IOException {
        var widths =
                new ArrayList<Width>(
                        Collections.nCopies(columns.answer().size(), Width.AS_DECLARED));
        rows.each((recordId, answer) -> {
            var json = JSON.readTree(answer);
            for (int index = 0; index < widths.size(); index++) {
                var column = columns.answer().get(index);
                var width = width(column.type(), columns.value(json, column));
                if (width.compareTo(widths.get(index)) > 0) {
                    widths.set(index, width);
                }
            }
        });
        return widths;
    }

    private static Width width(Columns.Type type, JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return Width.AS_DECLARED;
        }
        return switch (type) {
            case TEXT, JSON -> Width.AS_DECLARED;
            case TRUTH -> value.isBoolean() ? Width.AS_DECLARED : Width.TEXT;
            case NUMBER ->
                    value.isNumber() && Double.isFinite(value.decimalValue().doubleValue())
                            ? Width.AS_DECLARED
                            : Width.TEXT;
            case WHOLE_NUMBER -> value.isNumber() ? widthOfWhole(value.decimalValue()) : Width.TEXT;
        };
    }

    private static Width widthOfWhole(BigDecimal number) {
        var digits = (long) number.precision() - number.scale();
        if (digits > DECIMAL_DIGITS_MAX || number.stripTrailingZeros().scale() > 0) {
            return Width.TEXT;
        }
        return digits <= LONG_DIGITS_MAX && number.toBigInteger().bitLength() < Long.SIZE
                ? Width.AS_DECLARED
                : Width.DECIMAL;
    }

    private static JsonNode row(
            Columns columns, List<Width> widths, String recordId, JsonNode answer) {
        var row = JSON.createObjectNode().put(Columns.ID, recordId);
        for (int index = 0; index < widths.size(); index++) {
            var column = columns.answer().get(index);
            var value = columns.value(answer, column);
            if (value.isMissingNode() || value.isNull()) {
                row.putNull(column.name());
            } else if (widths.get(index) == Width.TEXT
                    || column.type() == Columns.Type.JSON
                    || column.type() == Columns.Type.TEXT) {
                row.put(column.name(), textOf(column, value));
            } else if (column.type() == Columns.Type.WHOLE_NUMBER) {
                row.put(column.name(), value.decimalValue().toBigInteger().toString());
            } else {
                row.set(column.name(), value);
            }
        }
        return row;
    }

    private static String textOf(Columns.Column column, JsonNode value) {
        return value.isString() && column.type() != Columns.Type.JSON
                ? value.stringValue()
                : value.toString();
    }

    private static void note(Columns columns, List<Width> widths, Consumer<String> notes) {
        for (int index = 0; index < widths.size(); index++) {
            var name = columns.answer().get(index).name();
            switch (widths.get(index)) {
                case AS_DECLARED -> {}
                case DECIMAL ->
                        notes.accept(
                                "the column "
                                        + name
                                        + " is written as decimal(38): an answer is too long for a 64-bit number");
                case TEXT ->
                        notes.accept(
                                "the column "
                                        + name
                                        + " is written as text: an answer does not fit the type its schema gives");
            }
        }
    }

    private static void convert(Columns columns, List<Width> widths, Path lines, Path target)
            throws IOException {
        var types = new ArrayList<>(List.of(text(Columns.ID) + ": 'varchar'"));
        for (int index = 0; index < widths.size(); index++) {
            var column = columns.answer().get(index);
            types.add(
                    text(column.name())
                            + ": "
                            + text(
                                    switch (widths.get(index)) {
                                        case AS_DECLARED -> sqlType(column.type());
                                        case DECIMAL -> "decimal(38, 0)";
                                        case TEXT -> "varchar";
                                    }));
        }
        var copy =
                """
                copy (select * from read_json(%s, format = 'newline_delimited', maximum_object_size = %d, columns = {%s}))
                  to %s (format parquet, compression zstd, row_group_size_bytes %d)
                """
                        .formatted(
                                text(lines.toString()),
                                LINE_BYTES_MAX,
                                String.join(", ", types),
                                text(target.toString()),
                                GROUP_BYTES);
        try (var connection = DuckDb.connect(new Properties());
                var statement = connection.createStatement()) {
            statement.execute("set autoinstall_known_extensions = false");
            statement.execute("set preserve_insertion_order = true");
            // Each thread has buffers for two of the longest lines and row groups of its own, and a
            // group that is done before its turn waits: two threads took 2 GB, and no less time.
            statement.execute("set threads = 1");
            statement.execute(copy);
        } catch (SQLException e) {
            throw new IOException(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown"), e);
        }
    }

    private static String sqlType(Columns.Type type) {
        return switch (type) {
            case TEXT, JSON -> "varchar";
            case WHOLE_NUMBER -> "bigint";
            case NUMBER -> "double";
            case TRUTH -> "boolean";
        };
    }

    private static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
