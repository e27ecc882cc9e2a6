package dev.nightmail.pipeline.sink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private Parquet() {}

    static void write(Columns columns, AnswerRows rows, Path target) throws IOException {
        var lines = target.resolveSibling(target.getFileName() + ".jsonl");
        try {
            WholeFile.write(
                    lines,
                    out ->
                            rows.each((recordId, answer) -> {
                                out.write(
                                        JSON.writeValueAsBytes(
                                                row(columns, recordId, JSON.readTree(answer))));
                                out.write('\n');
                            }));
            convert(columns, lines, target);
        } finally {
            Files.deleteIfExists(lines);
        }
    }

    private static JsonNode row(Columns columns, String recordId, JsonNode answer) {
        var row = JSON.createObjectNode().put(Columns.ID, recordId);
        for (var column : columns.answer()) {
            var value = columns.value(answer, column);
            if (value.isMissingNode() || value.isNull()) {
                row.putNull(column.name());
            } else if (column.type() == Columns.Type.JSON) {
                row.put(column.name(), value.toString());
            } else {
                row.set(column.name(), value);
            }
        }
        return row;
    }

    private static void convert(Columns columns, Path lines, Path target) throws IOException {
        var types =
                Stream.concat(
                                Stream.of(text(Columns.ID) + ": 'varchar'"),
                                columns.answer().stream()
                                        .map(column ->
                                                text(column.name())
                                                        + ": "
                                                        + text(sqlType(column.type()))))
                        .collect(Collectors.joining(", "));
        var copy =
                """
                copy (select * from read_json(%s, format = 'newline_delimited', maximum_object_size = %d, columns = {%s}))
                  to %s (format parquet, compression zstd)
                """
                        .formatted(
                                text(lines.toString()),
                                LINE_BYTES_MAX,
                                types,
                                text(target.toString()));
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            statement.execute("set autoinstall_known_extensions = false");
            statement.execute("set preserve_insertion_order = true");
            statement.execute(copy);
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
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
