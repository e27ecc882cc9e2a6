package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.source.SqlValues;
import dev.nightmail.pipeline.source.UnusableValueException;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A database's values as plain ones a template can show, as the SQL source shows them: times in ISO
 * 8601, those with a zone in UTC, decimals with all their digits, JSON as JSON. The same value
 * gives the same text on every machine.
 */
final class DatabaseValues {

    /** What no calendar reaches; infinite dates lie beyond. */
    private static final int YEAR_MAX = 290_000;

    private final ResultSet rows;
    private final ResultSetMetaData metadata;
    private final Dialect dialect;

    DatabaseValues(ResultSet rows, Dialect dialect) throws SQLException {
        this.rows = rows;
        this.metadata = rows.getMetaData();
        this.dialect = dialect;
    }

    @Nullable Object plain(int column) throws SQLException {
        var typeName = String.valueOf(metadata.getColumnTypeName(column)).toLowerCase(Locale.ROOT);
        if (typeName.equals("json") || typeName.equals("jsonb")) {
            var json = rows.getString(column);
            return json == null ? null : SqlValues.json(json);
        }
        if (dialect == Dialect.SQLITE) {
            // A value has a type of its own there, whatever its column says.
            return ofItself(column, rows.getObject(column));
        }
        return switch (metadata.getColumnType(column)) {
            case Types.BOOLEAN -> flag(column);
            case Types.BIT ->
                    typeName.equals("bit") && !dialect.isMysql() ? text(column) : bit(column);
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> whole(column);
            case Types.REAL, Types.FLOAT, Types.DOUBLE -> number(column);
            case Types.NUMERIC, Types.DECIMAL -> text(column);
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> time(column, typeName);
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> bytes(column);
            case Types.ARRAY -> array(column);
            default -> text(column);
        };
    }

    private @Nullable Object text(int column) throws SQLException {
        return rows.getString(column);
    }

    private @Nullable Object flag(int column) throws SQLException {
        var flag = rows.getBoolean(column);
        return rows.wasNull() ? null : flag;
    }

    /** A flag to PostgreSQL and to MySQL's drivers, or a few bits. */
    private @Nullable Object bit(int column) throws SQLException {
        var value = rows.getObject(column);
        return value == null || value instanceof Boolean ? value : bytes(column);
    }

    private @Nullable Object whole(int column) throws SQLException {
        var digits = rows.getString(column);
        if (digits == null) {
            return null;
        }
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException _) {
            // Unsigned, or a flag that a driver shows as such.
            return digits;
        }
    }

    private @Nullable Object number(int column) throws SQLException {
        var printed = rows.getString(column);
        if (printed == null) {
            return null;
        }
        try {
            var number = Double.parseDouble(printed);
            return SqlValues.digits(
                    number, Double.isFinite(number) ? new BigDecimal(printed).toString() : printed);
        } catch (NumberFormatException _) {
            return printed;
        }
    }

    private @Nullable Object time(int column, String typeName) throws SQLException {
        try {
            if (dialect == Dialect.POSTGRESQL && typeName.equals("timestamptz")) {
                var time = rows.getObject(column, OffsetDateTime.class);
                return time == null ? null : dated(time.toInstant(), time.getYear(), column);
            }
            if (dialect == Dialect.POSTGRESQL) {
                var time = rows.getObject(column, LocalDateTime.class);
                return time == null ? null : dated(time, time.getYear(), column);
            }
            var text = rows.getString(column);
            if (text == null || !dialect.isMysql()) {
                return text;
            }
            var time = LocalDateTime.parse(text.replace(' ', 'T'));
            // The session's zone is UTC, and a timestamp is a moment; a datetime is none.
            return typeName.equals("timestamp") ? time + "Z" : time.toString();
        } catch (DateTimeException _) {
            return rows.getString(column);
        }
    }

    private String dated(Object time, int year, int column) throws SQLException {
        if (Math.abs((long) year) > YEAR_MAX) {
            throw unusable(
                    column, "holds an infinite date: leave such rows out, or cast it to text");
        }
        return time.toString();
    }

    private @Nullable Object array(int column) throws SQLException {
        if (rows.getObject(column) == null) {
            return null;
        }
        throw refused(
                column, "holds an array: select to_json(column) or array_to_string(column, ', ')");
    }

    private @Nullable Object bytes(int column) throws SQLException {
        if (rows.getObject(column) == null) {
            return null;
        }
        throw refused(column, "holds bytes: cast it to text in the query");
    }

    private @Nullable Object ofItself(int column, @Nullable Object value) throws SQLException {
        return switch (value) {
            case null -> null;
            case byte[] _ -> throw unusable(column, "holds bytes: cast it to text in the query");
            case Number number when number instanceof Double || number instanceof Float ->
                    SqlValues.digits(number.doubleValue(), number.toString());
            case Integer number -> number.longValue();
            case Number number -> number;
            default -> value.toString();
        };
    }

    /** It is this row alone that is so. */
    private UnusableValueException unusable(int column, String words) throws SQLException {
        return new UnusableValueException(
                "column " + metadata.getColumnLabel(column) + " " + words);
    }

    /** It is the query that is so. */
    private SourceException refused(int column, String words) throws SQLException {
        return new SourceException(
                "source.database.sql: column " + metadata.getColumnLabel(column) + " " + words);
    }
}
