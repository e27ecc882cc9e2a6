package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.database.DatabaseSinkProvider.DatabaseTable;
import dev.nightmail.pipeline.database.DatabaseSinkProvider.Mode;
import dev.nightmail.pipeline.sink.Answers;
import dev.nightmail.pipeline.sink.Columns;
import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Writes answers as rows, in the transaction that is open. */
final class RowWriter {

    /** A NUL in JSON text, with the backslashes before it that are not its own. */
    private static final Pattern ESCAPED_NUL = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000");

    /** More than a double has before its point. */
    private static final int MOST_DIGITS = 400;

    private final Connection connection;
    private final Columns columns;
    private final Dialect dialect;
    private final Mode mode;
    private final String sql;

    RowWriter(Connection connection, DatabaseTable target, Columns columns) {
        this.connection = connection;
        this.columns = columns;
        this.dialect = target.url().dialect();
        this.mode = target.mode();
        this.sql =
                switch (mode) {
                    case UPSERT -> dialect.upsert(target.table(), target.key(), columns.names());
                    case UPDATE -> dialect.update(target.table(), target.key(), columns.names());
                };
    }

    /**
     * Writes them.
     *
     * @return the ids that have no row, if only rows that are there are written
     */
    List<String> write(List<Answers.Numbered> group) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (var answer : group) {
                bind(statement, answer);
                statement.addBatch();
            }
            return missing(group, statement.executeBatch());
        } catch (BatchUpdateException e) {
            // The driver's own words and state are in the one behind it.
            throw e.getNextException() == null ? e : e.getNextException();
        }
    }

    private List<String> missing(List<Answers.Numbered> group, int[] written) {
        var ids = new ArrayList<String>();
        for (int index = 0; index < written.length && mode == Mode.UPDATE; index++) {
            // Rows that have these values already count too; a negative number says that there was
            // at least one.
            if (written[index] == 0) {
                ids.add(group.get(index).row().recordId());
            }
        }
        return ids;
    }

    private void bind(PreparedStatement statement, Answers.Numbered answer) throws SQLException {
        var values = columns.values(answer.row());
        int keyIndex = mode == Mode.UPDATE ? columns.all().size() + 1 : 1;
        statement.setString(keyIndex, plain(answer.row().recordId()));
        int index = mode == Mode.UPDATE ? 1 : 2;
        for (var column : columns.all()) {
            bind(statement, index++, column.type(), values.of(column));
        }
    }

    private void bind(PreparedStatement statement, int index, Columns.Type type, JsonNode value)
            throws SQLException {
        if (value.isMissingNode() || value.isNull()) {
            statement.setNull(index, Types.VARCHAR);
        } else if (type == Columns.Type.JSON) {
            statement.setString(index, plainJson(value));
        } else if (value.isBoolean()) {
            bind(statement, index, value.booleanValue());
        } else if (value.isNumber()) {
            bind(statement, index, value.decimalValue());
        } else {
            statement.setString(
                    index, value.isString() ? plain(value.stringValue()) : plainJson(value));
        }
    }

    private void bind(PreparedStatement statement, int index, boolean value) throws SQLException {
        if (dialect == Dialect.POSTGRESQL) {
            statement.setString(index, String.valueOf(value));
        } else {
            statement.setInt(index, value ? 1 : 0);
        }
    }

    /** With all its digits: the column decides what it keeps of them. */
    private void bind(PreparedStatement statement, int index, BigDecimal number)
            throws SQLException {
        var whole = number.stripTrailingZeros();
        if (whole.scale() > 0 || whole.precision() - whole.scale() > MOST_DIGITS) {
            statement.setString(index, number.toString());
        } else if (dialect == Dialect.SQLITE && whole.toBigInteger().bitLength() < Long.SIZE) {
            statement.setLong(index, whole.longValueExact());
        } else {
            statement.setString(index, whole.toPlainString());
        }
    }

    /** No database keeps a NUL in a text. */
    static String plain(String text) {
        return text.replace('\0', '\uFFFD');
    }

    private static String plainJson(JsonNode value) {
        var json = value.toString();
        return json.contains("\\u0000")
                ? ESCAPED_NUL.matcher(json).replaceAll("$1\\\\ufffd")
                : json;
    }
}
