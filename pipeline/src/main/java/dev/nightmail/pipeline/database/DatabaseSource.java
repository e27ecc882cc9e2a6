package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.source.RecordCursor;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.source.SourceItem;
import dev.nightmail.pipeline.source.UnusableValueException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a query, streamed: the server keeps the result and hands it out a few rows at a time,
 * so that memory stays flat. Read in one transaction that writes nothing.
 *
 * <p>With a cursor column the query is wrapped: its rows come in the order of that column, and from
 * the last value on. That value is read again, since rows may have come that have it, too; the
 * pipeline knows by id and content which of them it has.
 */
final class DatabaseSource implements RecordSource {

    /** Rows the server hands out at once. A row may hold a long text. */
    private static final int FETCH_ROWS = 200;

    private final DatabaseUrl url;
    private final String sql;
    private final @Nullable String cursor;

    DatabaseSource(DatabaseUrl url, String sql, @Nullable String cursor) {
        this.url = url;
        this.sql = sql.strip().replaceFirst(";+$", "");
        this.cursor = cursor;
    }

    @Override
    public String identity() {
        return url + "\n" + sql + "\n" + cursor;
    }

    @Override
    public RecordCursor open(@Nullable String position) {
        var from = cursor == null || position == null ? null : CursorValue.parse(position);
        if (url.dialect() == Dialect.SQLITE && !Files.exists(url.file())) {
            throw new SourceException("source.database: there is no file " + url.file());
        }
        Connection connection = null;
        try {
            connection = connect();
            return cursor(connection, from);
        } catch (SQLException e) {
            close(connection);
            throw failure(e);
        } catch (MissingDriverException e) {
            throw new SourceException("source.database.url: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    private Connection connect() throws SQLException {
        var properties = new Properties();
        if (url.dialect() == Dialect.SQLITE) {
            // SQLITE_OPEN_READONLY
            properties.setProperty("open_mode", "1");
        }
        var connection = Drivers.connect(url, properties);
        try {
            prepare(connection);
            return connection;
        } catch (SQLException e) {
            close(connection);
            throw e;
        }
    }

    private void prepare(Connection connection) throws SQLException {
        if (url.dialect().isMysql()) {
            try (var statement = connection.createStatement()) {
                statement.execute("set time_zone = '+00:00'");
                // Not every driver does so when it is told that a connection only reads.
                statement.execute("set session transaction read only");
            }
        } else if (url.dialect() != Dialect.SQLITE) {
            connection.setReadOnly(true);
        }
        // Without a transaction PostgreSQL's driver reads the whole result at once.
        connection.setAutoCommit(false);
    }

    private RecordCursor cursor(Connection connection, @Nullable CursorValue from)
            throws SQLException {
        if (cursor != null) {
            refuseMissing(connection, cursor);
        }
        var statement =
                connection.prepareStatement(
                        query(from), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
        statement.setFetchSize(FETCH_ROWS);
        if (from != null) {
            from.bind(statement, 1, url.dialect());
        }
        return new Rows(connection, statement, statement.executeQuery());
    }

    /** Asked for no row: a query with a column that is not there is not told apart else. */
    private void refuseMissing(Connection connection, String column) throws SQLException {
        try (var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "select * from (\n%s\n) nightmail_source where 1 = 0"
                                        .formatted(sql))) {
            var names = names(rows);
            if (!names.contains(column)) {
                throw new SourceException(
                        "source.database.cursor: the result has no column %s (it has %s): select it, too"
                                .formatted(column, String.join(", ", names)));
            }
        }
    }

    private static List<String> names(ResultSet rows) throws SQLException {
        var metadata = rows.getMetaData();
        var names = new ArrayList<String>();
        for (int column = 1; column <= metadata.getColumnCount(); column++) {
            names.add(metadata.getColumnLabel(column));
        }
        return names;
    }

    private String query(@Nullable CursorValue from) {
        if (cursor == null) {
            return sql;
        }
        var column = "nightmail_source." + url.dialect().quoted(cursor);
        // A row without a value is read, too, so that it can be told; it would be missed else.
        return "select * from (\n%s\n) nightmail_source%s order by %s"
                .formatted(
                        sql,
                        from == null ? "" : " where %1$s >= ? or %1$s is null".formatted(column),
                        column);
    }

    private SourceException failure(SQLException failure) {
        return new SourceException(
                "source.database: " + url + ": " + Failures.words(failure, url),
                Failures.isOfData(failure) ? null : failure);
    }

    private static void close(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException _) {
                // What went wrong before is what counts.
            }
        }
    }

    private final class Rows implements RecordCursor {
        private final Connection connection;
        private final PreparedStatement statement;
        private final ResultSet rows;
        private final DatabaseValues values;
        private final List<String> columns;
        private long row;
        private @Nullable String position;

        Rows(Connection connection, PreparedStatement statement, ResultSet rows)
                throws SQLException {
            this.connection = connection;
            this.statement = statement;
            this.rows = rows;
            this.values = new DatabaseValues(rows, url.dialect());
            this.columns = columns(rows);
        }

        private static List<String> columns(ResultSet rows) throws SQLException {
            var names = names(rows);
            for (var name : names) {
                if (names.indexOf(name) != names.lastIndexOf(name)) {
                    throw new SourceException(
                            "source.database.sql: two columns are named "
                                    + name
                                    + ": rename one with \"as\"");
                }
            }
            if (!names.contains("id")) {
                throw new SourceException(
                        "source.database.sql: the result has no column id (it has "
                                + String.join(", ", names)
                                + "): name the record's own key with \"as id\"");
            }
            return names;
        }

        @Override
        public @Nullable SourceItem next() {
            try {
                if (!rows.next()) {
                    return null;
                }
                row++;
                return item();
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        @Override
        public Optional<String> place() {
            return Optional.of("row " + row + " of the query");
        }

        private SourceItem item() throws SQLException {
            var fields = new LinkedHashMap<String, @Nullable Object>();
            String flaw = null;
            for (int column = 1; column <= columns.size(); column++) {
                try {
                    fields.put(columns.get(column - 1), values.plain(column));
                } catch (UnusableValueException e) {
                    flaw = e.getMessage();
                }
            }
            if (cursor != null) {
                position = position(fields.get("id"));
            }
            return SourceItem.ofRow(fields, flaw);
        }

        private String position(@Nullable Object id) throws SQLException {
            var value = CursorValue.of(rows, columns.indexOf(cursor) + 1);
            if (value == null) {
                throw new SourceException(
                        "source.database.cursor: %s is null in the row with the id %s, so that nobody can tell when it is new: leave such rows out, or give them a value with coalesce(…)"
                                .formatted(cursor, id));
            }
            return value.toString();
        }

        @Override
        public @Nullable String position() {
            return position;
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
