package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.database.DatabaseSinkProvider.DatabaseTable;
import dev.nightmail.pipeline.database.DatabaseSinkProvider.Mode;
import dev.nightmail.pipeline.sink.Columns;
import dev.nightmail.pipeline.sink.SinkException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The table that answers go to: made if it is missing, looked at if it is there. */
final class Table {

    private final Connection connection;
    private final DatabaseTable target;
    private final Columns columns;
    private final Dialect dialect;

    Table(Connection connection, DatabaseTable target, Columns columns) {
        this.connection = connection;
        this.target = target;
        this.columns = columns;
        this.dialect = target.url().dialect();
    }

    /**
     * @return the statement that made the table; null if it was there
     * @throws SinkException if it does not fit, with the statement that would make it fit
     */
    @Nullable String check() throws SQLException {
        refuseLongNames();
        var present = present();
        if (present == null && target.mode() == Mode.UPDATE) {
            throw new SinkException(
                    "sink.database: there is no %s, and mode: update writes only into rows that are there: make it, or leave mode out"
                            .formatted(target.place()),
                    null);
        }
        if (present == null) {
            var made = creation();
            execute(made);
            return made;
        }
        var missing = new ArrayList<String>();
        if (!present.contains(target.key())) {
            throw new SinkException(
                    "sink.database: %s has no column %s for the record's id (it has %s): name the one it has with key, or another table"
                            .formatted(target.place(), target.key(), String.join(", ", present)),
                    null);
        }
        for (var column : columns.all()) {
            if (!present.contains(column.name())) {
                missing.add(
                        "alter table %s add column %s %s"
                                .formatted(
                                        dialect.quotedTable(target.table()),
                                        dialect.quoted(column.name()),
                                        dialect.type(column.type())));
            }
        }
        if (!missing.isEmpty()) {
            throw new SinkException(
                    "sink.database: %s lacks columns: %s"
                            .formatted(target.place(), String.join("; ", missing)),
                    null);
        }
        if (!isUnique(target.key())) {
            throw new SinkException(
                    "sink.database: the column %1$s of %2$s is no key, so that an id could have two rows: create unique index on it (create unique index %3$s on %4$s (%5$s)), or name the key with key"
                            .formatted(
                                    target.key(),
                                    target.place(),
                                    dialect.quoted(target.table().replace('.', '_') + "_nightmail"),
                                    dialect.quotedTable(target.table()),
                                    dialect.quoted(target.key())),
                    null);
        }
        return null;
    }

    private void refuseLongNames() {
        for (var column : columns.all()) {
            if (column.name().getBytes(StandardCharsets.UTF_8).length > dialect.nameBytesMax()) {
                throw new SinkException(
                        "sink.database: the column %s has a name of more than %d bytes, which this database does not take: name it shorter, in the schema if it is a property of the answers"
                                .formatted(column.name(), dialect.nameBytesMax()),
                        null);
            }
        }
    }

    private String creation() {
        var lines = new ArrayList<String>();
        lines.add(dialect.quoted(target.key()) + " " + dialect.keyType() + " not null primary key");
        for (var column : columns.all()) {
            lines.add(dialect.quoted(column.name()) + " " + dialect.type(column.type()));
        }
        return "create table %s (%s)"
                .formatted(dialect.quotedTable(target.table()), String.join(", ", lines));
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Its columns; null if there is no such table. */
    private @Nullable Set<String> present() throws SQLException {
        var names =
                dialect.ignoresCase()
                        ? new TreeSet<>(String.CASE_INSENSITIVE_ORDER)
                        : new TreeSet<String>();
        try (var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "select * from %s where 1 = 0"
                                        .formatted(dialect.quotedTable(target.table())))) {
            var metadata = rows.getMetaData();
            for (int column = 1; column <= metadata.getColumnCount(); column++) {
                names.add(metadata.getColumnName(column));
            }
            return names;
        } catch (SQLException e) {
            if (dialect.isMissingTable(e)) {
                return null;
            }
            throw e;
        }
    }

    private boolean isUnique(String column) throws SQLException {
        var dot = target.table().indexOf('.');
        var schema = dot < 0 ? null : target.table().substring(0, dot);
        var table = target.table().substring(dot + 1);
        var metadata = connection.getMetaData();
        var catalog = dialect.isMysql() ? schema == null ? connection.getCatalog() : schema : null;
        var inSchema = dialect == Dialect.POSTGRESQL ? schema : null;
        try (var keys = metadata.getPrimaryKeys(catalog, inSchema, table)) {
            if (isSingle(keys, "PK_NAME", column)) {
                return true;
            }
        }
        try (var indexes = metadata.getIndexInfo(catalog, inSchema, table, true, true)) {
            return isSingle(indexes, "INDEX_NAME", column);
        }
    }

    /** Whether one of the keys is made of this column alone. */
    private boolean isSingle(ResultSet rows, String nameColumn, String column) throws SQLException {
        var byKey = new LinkedHashMap<String, List<String>>();
        while (rows.next()) {
            var name = rows.getString("COLUMN_NAME");
            if (name != null) {
                byKey.computeIfAbsent(
                                String.valueOf(rows.getString(nameColumn)), _ -> new ArrayList<>())
                        .add(name);
            }
        }
        return byKey.values().stream()
                .filter(names -> names.size() == 1)
                .map(List::getFirst)
                .anyMatch(name ->
                        dialect.ignoresCase()
                                ? name.equalsIgnoreCase(column)
                                : name.equals(column) || name.equals(dialect.quoted(column)));
    }
}
