package dev.nightmail.pipeline.source;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one SELECT, streamed out of an in-memory DuckDB.
 *
 * <p>The query comes from a file that may have come from anywhere, so it runs in a sandbox: it
 * reads files below the pipeline's folder and nothing else, writes nothing, loads no extension, and
 * cannot change these settings.
 */
final class SqlSource implements RecordSource {

    private final Path folder;
    private final String query;

    SqlSource(Path folder, String query) {
        this.folder = folder;
        this.query = query;
    }

    @Override
    public RecordCursor open() {
        try {
            // The sandbox compares real paths: a folder reached through a link would refuse its own
            // files.
            var base = folder.toRealPath();
            String absolute;
            try (var parser = connect(base, false)) {
                absolute = new RelativeFiles(base).resolve(parser, query);
            }
            return cursor(connect(base, true), absolute);
        } catch (IOException e) {
            throw new SourceException(
                    "source.sql: cannot read the folder " + folder + ": " + e.getMessage(), e);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private static Connection connect(Path base, boolean streaming) throws SQLException {
        var properties = new Properties();
        properties.setProperty("jdbc_stream_results", String.valueOf(streaming));
        var connection = DriverManager.getConnection("jdbc:duckdb:", properties);
        try (var statement = connection.createStatement()) {
            statement.execute("set autoinstall_known_extensions = false");
            statement.execute("set autoload_known_extensions = false");
            statement.execute(
                    "set allowed_directories = ['" + base.toString().replace("'", "''") + "']");
            statement.execute("set enable_external_access = false");
            statement.execute("set lock_configuration = true");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static RecordCursor cursor(Connection connection, String sql) throws SQLException {
        Statement statement = null;
        try {
            statement = connection.createStatement();
            var rows = statement.executeQuery(sql);
            return new RowCursor(connection, statement, rows, columns(rows));
        } catch (SQLException | RuntimeException e) {
            if (statement != null) {
                statement.close();
            }
            connection.close();
            throw e;
        }
    }

    private static List<String> columns(ResultSet rows) throws SQLException {
        var metadata = rows.getMetaData();
        var columns = new ArrayList<String>();
        for (int column = 1; column <= metadata.getColumnCount(); column++) {
            var label = metadata.getColumnLabel(column);
            if (columns.contains(label)) {
                throw new SourceException(
                        "source.sql: two columns are named " + label + ": rename one with \"as\"");
            }
            columns.add(label);
        }
        if (!columns.contains("id")) {
            throw new SourceException(
                    "source.sql: the result has no column id (it has "
                            + String.join(", ", columns)
                            + "): name the record's own key with \"as id\"");
        }
        return columns;
    }

    private static SourceException failure(SQLException e) {
        // What follows an empty line repeats the query, with the names of files made absolute.
        var message =
                String.valueOf(e.getMessage())
                        .lines()
                        .takeWhile(line -> !line.isBlank() && !line.startsWith("LINE "))
                        .map(String::strip)
                        .collect(Collectors.joining(" "));
        var hint =
                message.contains("Permission Error")
                        ? " (a source reads only files in the pipeline's own folder)"
                        : "";
        return new SourceException("source.sql: " + message + hint, e);
    }

    private static final class RowCursor implements RecordCursor {
        private final Connection connection;
        private final Statement statement;
        private final ResultSet rows;
        private final List<String> columns;
        private long row;

        RowCursor(
                Connection connection, Statement statement, ResultSet rows, List<String> columns) {
            this.connection = connection;
            this.statement = statement;
            this.rows = rows;
            this.columns = columns;
        }

        @Override
        public @Nullable SourceRecord next() {
            try {
                if (!rows.next()) {
                    return null;
                }
                row++;
                var fields = new LinkedHashMap<String, @Nullable Object>();
                for (int index = 0; index < columns.size(); index++) {
                    fields.put(
                            columns.get(index),
                            SqlValues.plain(rows, index + 1, columns.get(index)));
                }
                return new SourceRecord(id(fields.get("id")), fields);
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        private String id(@Nullable Object value) {
            if (value == null || value.toString().isBlank()) {
                throw new SourceException(
                        "source.sql: row " + row + " has no id: every record needs one");
            }
            return value.toString();
        }

        @Override
        public void close() {
            try (connection;
                    statement;
                    rows) {
                // Closing is all there is to do.
            } catch (SQLException e) {
                throw failure(e);
            }
        }
    }
}
