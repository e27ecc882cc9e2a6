package dev.nightmail.pipeline.database;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A value of a cursor column, as it is kept until the next run: exact, and with its kind, since a
 * database may order numbers and texts apart.
 */
record CursorValue(Kind kind, String text) {

    private enum Kind {
        NUMBER,
        TEXT
    }

    /** Null for null. */
    static @Nullable CursorValue of(ResultSet rows, int column) throws SQLException {
        var text = rows.getString(column);
        if (text == null) {
            return null;
        }
        return rows.getObject(column) instanceof Number
                ? new CursorValue(Kind.NUMBER, text)
                : new CursorValue(Kind.TEXT, text);
    }

    static CursorValue parse(String position) {
        var colon = position.indexOf(':');
        return new CursorValue(
                Kind.valueOf(position.substring(0, colon)), position.substring(colon + 1));
    }

    void bind(PreparedStatement statement, int index, Dialect dialect) throws SQLException {
        if (kind == Kind.TEXT || dialect == Dialect.POSTGRESQL) {
            // PostgreSQL takes a text for a value of the column's own type.
            statement.setString(index, text);
            return;
        }
        var number = new BigDecimal(text);
        if (number.stripTrailingZeros().scale() <= 0
                && number.toBigInteger().bitLength() < Long.SIZE) {
            statement.setLong(index, number.longValueExact());
        } else if (dialect == Dialect.SQLITE) {
            statement.setDouble(index, number.doubleValue());
        } else {
            statement.setBigDecimal(index, number);
        }
    }

    /** What {@link #parse} reads. */
    @Override
    public String toString() {
        return kind + ":" + text;
    }
}
