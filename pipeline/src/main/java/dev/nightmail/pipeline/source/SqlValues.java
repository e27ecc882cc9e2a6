package dev.nightmail.pipeline.source;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Types;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.duckdb.DuckDBStruct;
import org.jspecify.annotations.Nullable;

/**
 * DuckDB's values as plain ones a template can show: texts, numbers, booleans, lists, maps, null.
 */
final class SqlValues {

    private SqlValues() {}

    static @Nullable Object plain(ResultSet rows, int column, String name) throws SQLException {
        if (rows.getMetaData().getColumnType(column) == Types.TIMESTAMP) {
            // As java.sql.Timestamp it would pass through the machine's time zone, and shift where
            // that has gaps.
            var value = rows.getObject(column, LocalDateTime.class);
            return value == null ? null : value.toString();
        }
        return plain(rows.getObject(column), name);
    }

    private static @Nullable Object plain(@Nullable Object value, String name) throws SQLException {
        return switch (value) {
            case null -> null;
            case Boolean flag -> flag;
            case BigDecimal number -> number.toPlainString();
            case Number number -> number;
            case String text -> text;
            case Array array -> list(array, name);
            case DuckDBStruct struct -> map(struct.getMap(), name);
            case Map<?, ?> map -> map(map, name);
            case Struct _, Blob _, byte[] _ ->
                    throw new SourceException(
                            "source.sql: column "
                                    + name
                                    + " holds bytes: cast it to text in the query");
            default -> value.toString();
        };
    }

    private static Object list(Array array, String name) throws SQLException {
        var list = new ArrayList<@Nullable Object>();
        for (var element : (@Nullable Object[]) array.getArray()) {
            list.add(plain(element, name));
        }
        return list;
    }

    private static Object map(Map<?, ?> map, String name) throws SQLException {
        var plain = new LinkedHashMap<String, @Nullable Object>();
        for (var entry : map.entrySet()) {
            plain.put(String.valueOf(entry.getKey()), plain(entry.getValue(), name));
        }
        return plain;
    }
}
