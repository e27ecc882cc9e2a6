package dev.nightmail.pipeline.database;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;

/**
 * What a database complains of, in words that go into logs and mails: its own, as far as they do
 * not show what stands in rows, or a password.
 */
final class Failures {

    /** SQLite's codes for a database that is held by somebody else. */
    private static final int SQLITE_BUSY = 5;

    private static final int SQLITE_LOCKED = 6;
    private static final int PRIMARY_CODE = 0xFF;
    private static final int WORDS_MAX = 300;

    private Failures() {}

    static String words(SQLException failure, DatabaseUrl url) {
        var state = String.valueOf(failure.getSQLState());
        if (isOfData(failure)) {
            return "a value does not fit (SQLSTATE " + state + ")";
        }
        var message =
                String.valueOf(failure.getMessage())
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .findFirst()
                        .orElse("unknown reason");
        var shown = url.withoutSecrets(message);
        return shown.length() <= WORDS_MAX ? shown : shown.substring(0, WORDS_MAX) + "…";
    }

    /** Without the cause: its message may show what {@link #words} leaves out. */
    static boolean isOfData(SQLException failure) {
        var state = String.valueOf(failure.getSQLState());
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("21");
    }

    /** Whether the same may go through on a connection of its own, now or later. */
    static boolean mayPass(SQLException failure, DatabaseUrl url) {
        if (url.dialect() == Dialect.SQLITE) {
            int code = failure.getErrorCode() & PRIMARY_CODE;
            return code == SQLITE_BUSY || code == SQLITE_LOCKED;
        }
        var state = String.valueOf(failure.getSQLState());
        return state.startsWith("08")
                || state.startsWith("57P")
                || state.startsWith("53")
                || state.startsWith("40")
                || failure instanceof SQLNonTransientConnectionException
                || failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException;
    }
}
