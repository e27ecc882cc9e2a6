package dev.nightmail.pipeline.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An empty database, for one test. */
interface TestDatabase {

    /** As it stands in a pipeline file. */
    String url();

    Connection connect() throws SQLException;

    /** A type for moments, to the microsecond. */
    String timeType();

    default void execute(String... statements) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The rows of a query, as texts. */
    default List<List<@Nullable String>> rows(String sql) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var all = new ArrayList<List<@Nullable String>>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                var row = new ArrayList<@Nullable String>();
                for (int column = 1; column <= columns; column++) {
                    row.add(rows.getString(column));
                }
                all.add(row);
            }
            return all;
        }
    }

    /** The first two columns of a query, the first by the second; null as nothing. */
    default Map<String, String> map(String sql) throws SQLException {
        var map = new LinkedHashMap<String, String>();
        for (var row : rows(sql)) {
            var value = row.get(1);
            map.put(String.valueOf(row.get(0)), value == null ? "" : value);
        }
        return map;
    }
}
