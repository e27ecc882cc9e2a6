package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.database.DatabaseSinkProvider.DatabaseTable;
import dev.nightmail.pipeline.database.DatabaseSinkProvider.Mode;
import dev.nightmail.pipeline.sink.Columns;
import dev.nightmail.pipeline.sink.SinkException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The table that answers go to: made if it is missing, looked at if it is there. */
final class Table {

    private static final Set<Integer> OF_NO_TEXT =
            Set.of(
                    Types.TINYINT,
                    Types.SMALLINT,
                    Types.INTEGER,
                    Types.BIGINT,
                    Types.REAL,
                    Types.FLOAT,
                    Types.DOUBLE,
                    Types.NUMERIC,
                    Types.DECIMAL,
                    Types.BIT,
                    Types.BOOLEAN,
                    Types.DATE,
                    Types.TIME,
                    Types.TIMESTAMP,
                    Types.TIMESTAMP_WITH_TIMEZONE);

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
        refuseRequiredOthers();
        if (isView()) {
            throw new SinkException(
                    "sink.database: %s is a view, and has no key by which a row could be found: name the table behind it"
                            .formatted(target.place()),
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

    /** A row that is made for an answer has nothing for columns that are not of the answer. */
    private void refuseRequiredOthers() throws SQLException {
        if (target.mode() == Mode.UPDATE) {
            return;
        }
        var required = new ArrayList<String>();
        eachColumn((name, found) -> {
            if (!isOurs(name)
                    && "NO".equals(found.getString("IS_NULLABLE"))
                    && found.getString("COLUMN_DEF") == null
                    && !"YES".equals(found.getString("IS_AUTOINCREMENT"))
                    && !"YES".equals(found.getString("IS_GENERATEDCOLUMN"))) {
                required.add(name);
            }
        });
        if (!required.isEmpty() && !(dialect == Dialect.SQLITE && isRowId(required))) {
            throw new SinkException(
                    "sink.database: new rows of %s need a value for %s, which no answer has: give it a default, allow null there, keep a field of that name with keep, or write only into rows that are there with mode: update"
                            .formatted(target.place(), String.join(" and ", required)),
                    null);
        }
    }

    /** SQLite gives a whole-number primary key its value by itself, and says nothing of it. */
    private boolean isRowId(List<String> columns) throws SQLException {
        try (var keys = connection.getMetaData().getPrimaryKeys(null, null, target.table())) {
            return columns.size() == 1 && isSingle(keys, "PK_NAME", columns.getFirst());
        }
    }

    /**
     * What an author should know before answers are paid for: free text goes into a column of
     * numbers only as long as it is a number.
     */
    List<String> notes() throws SQLException {
        var notes = new ArrayList<String>();
        if (dialect == Dialect.SQLITE) {
            return notes;
        }
        eachColumn((name, found) -> {
            var type = found.getInt("DATA_TYPE");
            if (isFreeText(name) && OF_NO_TEXT.contains(type)) {
                notes.add(
                        "the column %s of %s is of the type %s, and answers are texts: one that cannot be read as that stops the delivery"
                                .formatted(name, target.place(), found.getString("TYPE_NAME")));
            }
        });
        return notes;
    }

    private interface ColumnVisitor {
        void visit(String name, ResultSet found) throws SQLException;
    }

    private void eachColumn(ColumnVisitor visitor) throws SQLException {
        try (var rows =
                connection.getMetaData().getColumns(catalog(), inSchema(), tableName(), null)) {
            while (rows.next()) {
                // The name was a pattern, in which _ is any character.
                if (rows.getString("TABLE_NAME").equalsIgnoreCase(tableName())) {
                    visitor.visit(rows.getString("COLUMN_NAME"), rows);
                }
            }
        }
    }

    private boolean isView() throws SQLException {
        try (var rows =
                connection.getMetaData().getTables(catalog(), inSchema(), tableName(), null)) {
            while (rows.next()) {
                if (rows.getString("TABLE_NAME").equalsIgnoreCase(tableName())
                        && rows.getString("TABLE_TYPE").toUpperCase(Locale.ROOT).contains("VIEW")) {
                    return true;
                }
            }
            return false;
        }
    }

    private boolean isOurs(String name) {
        return isSame(name, target.key())
                || columns.all().stream().anyMatch(column -> isSame(name, column.name()));
    }

    private boolean isFreeText(String name) {
        return !columns.flattened()
                && columns.all().stream()
                        .anyMatch(column ->
                                column.origin() == Columns.Origin.ANSWER
                                        && isSame(name, column.name()));
    }

    private boolean isSame(String name, String other) {
        return dialect.ignoresCase() ? name.equalsIgnoreCase(other) : name.equals(other);
    }

    private @Nullable String catalog() throws SQLException {
        var schema = schemaName();
        return dialect.isMysql() ? schema == null ? connection.getCatalog() : schema : null;
    }

    private @Nullable String inSchema() throws SQLException {
        var schema = schemaName();
        return dialect == Dialect.POSTGRESQL
                ? schema == null ? connection.getSchema() : schema
                : null;
    }

    private @Nullable String schemaName() {
        var dot = target.table().indexOf('.');
        return dot < 0 ? null : target.table().substring(0, dot);
    }

    private String tableName() {
        return target.table().substring(target.table().indexOf('.') + 1);
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
        var table = tableName();
        var metadata = connection.getMetaData();
        var catalog = catalog();
        var inSchema = dialect == Dialect.POSTGRESQL ? schemaName() : null;
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
