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
import org.jspecify.annotations.Nullable;
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

    static void write(Columns wanted, AnswerRows rows, Path target, Consumer<String> notes)
            throws IOException {
        var lines = target.resolveSibling(target.getFileName() + ".jsonl");
        try {
            var fit = fit(wanted, rows);
            WholeFile.stream(out -> rows.each(row -> out.write(JsonLines.line(line(fit, row)))))
                    .fill(lines);
            convert(fit, lines, target);
            note(fit, notes);
        } finally {
            Files.deleteIfExists(lines);
        }
    }

    /** Columns of settled types, and how wide each must be. */
    private record Fit(Columns columns, List<Width> widths) {}

    /** Looks at every row before the types are settled: one that does not fit costs no other. */
    private static Fit fit(Columns columns, AnswerRows rows) throws IOException {
        var widths =
                new ArrayList<Width>(Collections.nCopies(columns.all().size(), Width.AS_DECLARED));
        var types =
                new ArrayList<Columns.@Nullable Type>(
                        Collections.nCopies(columns.all().size(), null));
        rows.each(row -> {
            var values = columns.values(row);
            for (int index = 0; index < widths.size(); index++) {
                var column = columns.all().get(index);
                var value = values.of(column);
                if (column.type() == Columns.Type.ANY) {
                    types.set(index, common(types.get(index), value));
                    continue;
                }
                var width = width(column.type(), value);
                if (width.compareTo(widths.get(index)) > 0) {
                    widths.set(index, width);
                }
            }
        });
        var settled = new ArrayList<Columns.Column>();
        for (int index = 0; index < widths.size(); index++) {
            var column = columns.all().get(index);
            var type = types.get(index);
            settled.add(
                    column.type() == Columns.Type.ANY
                            ? column.ofType(type == null ? Columns.Type.TEXT : type)
                            : column);
        }
        return new Fit(new Columns(columns.flattened(), settled), widths);
    }

    /** The narrowest type that holds the values so far and this one. */
    private static Columns.@Nullable Type common(Columns.@Nullable Type before, JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return before;
        }
        var type = typeOf(value);
        if (before == null || before == type) {
            return type;
        }
        return isNumber(before) && isNumber(type) ? Columns.Type.NUMBER : Columns.Type.TEXT;
    }

    private static boolean isNumber(Columns.Type type) {
        return type == Columns.Type.WHOLE_NUMBER || type == Columns.Type.NUMBER;
    }

    private static Columns.Type typeOf(JsonNode value) {
        if (value.isBoolean()) {
            return Columns.Type.TRUTH;
        }
        if (width(Columns.Type.WHOLE_NUMBER, value) == Width.AS_DECLARED) {
            return Columns.Type.WHOLE_NUMBER;
        }
        return width(Columns.Type.NUMBER, value) == Width.AS_DECLARED
                ? Columns.Type.NUMBER
                : Columns.Type.TEXT;
    }

    private static Width width(Columns.Type type, JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return Width.AS_DECLARED;
        }
        return switch (type) {
            case TEXT, JSON, ANY -> Width.AS_DECLARED;
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

    private static JsonNode line(Fit fit, AnswerRow row) {
        var values = fit.columns().values(row);
        var line = JSON.createObjectNode().put(Columns.ID, row.recordId());
        for (int index = 0; index < fit.widths().size(); index++) {
            var column = fit.columns().all().get(index);
            var value = values.of(column);
            if (value.isMissingNode() || value.isNull()) {
                line.putNull(column.name());
            } else if (fit.widths().get(index) == Width.TEXT
                    || column.type() == Columns.Type.JSON
                    || column.type() == Columns.Type.TEXT) {
                line.put(column.name(), textOf(column, value));
            } else if (column.type() == Columns.Type.WHOLE_NUMBER) {
                line.put(column.name(), value.decimalValue().toBigInteger().toString());
            } else {
                line.set(column.name(), value);
            }
        }
        return line;
    }

    private static String textOf(Columns.Column column, JsonNode value) {
        return value.isString() && column.type() != Columns.Type.JSON
                ? value.stringValue()
                : value.toString();
    }

    private static void note(Fit fit, Consumer<String> notes) {
        for (int index = 0; index < fit.widths().size(); index++) {
            var name = fit.columns().all().get(index).name();
            switch (fit.widths().get(index)) {
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

    private static void convert(Fit fit, Path lines, Path target) throws IOException {
        var types = new ArrayList<>(List.of(text(Columns.ID) + ": 'varchar'"));
        for (int index = 0; index < fit.widths().size(); index++) {
            var column = fit.columns().all().get(index);
            types.add(
                    text(column.name())
                            + ": "
                            + text(
                                    switch (fit.widths().get(index)) {
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
            case TEXT, JSON, ANY -> "varchar";
            case WHOLE_NUMBER -> "bigint";
            case NUMBER -> "double";
            case TRUTH -> "boolean";
        };
    }

    private static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
