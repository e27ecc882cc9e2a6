package dev.nightmail.pipeline.database;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.regex.Pattern;

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

    private static final Pattern NAMED =
            Pattern.compile("(?i)\\b(?:column|constraint|field) [\"'`]([^\"'`\\s]{1,128})[\"'`]");

    private Failures() {}

    static String words(SQLException failure, DatabaseUrl url) {
        var state = String.valueOf(failure.getSQLState());
        if (isOfData(failure)) {
            return misfit(state) + name(failure) + " (SQLSTATE " + state + ")";
        }
        var message =
                String.valueOf(failure.getMessage())
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .findFirst()
                        .orElse("unknown reason");
        if (message.startsWith("Multiple ResultSets")) {
            return "the query has several statements: it must be one SELECT";
        }
        var shown = url.withoutSecrets(message);
        return shown.length() <= WORDS_MAX ? shown : shown.substring(0, WORDS_MAX) + "…";
    }

    private static String misfit(String state) {
        return switch (state) {
            case "22001" -> "a value is too long";
            case "22003" -> "a number is too large";
            case "22P02", "22007", "22018" -> "a value is not of the column's type";
            case "23502" -> "a column that may not be null gets no value";
            case "23503" -> "there is no row that a foreign key names";
            case "23505" -> "another row has this value already, and it is to be unique";
            case "23514" -> "a check of the table refuses it";
            default -> state.startsWith("23") ? "a constraint refuses it" : "a value does not fit";
        };
    }

    /** The column or constraint that is meant, if the database names one; never a value. */
    private static String name(SQLException failure) {
        var named = NAMED.matcher(String.valueOf(failure.getMessage()));
        return named.find() ? ", " + named.group(1) : "";
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
