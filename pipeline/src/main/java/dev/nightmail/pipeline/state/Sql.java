package dev.nightmail.pipeline.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements on the state's one connection, for one thread at a time: the others wait, until a
 * transaction ends if there is one. Statements are prepared once each; there are a few dozen.
 */
final class Sql {

    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    interface RowVisitor {
        /** Returns whether to go on. */
        boolean visit(ResultSet row) throws SQLException;
    }

    /** SQLite's {@code SQLITE_FULL}; extended codes carry more in their higher bits. */
    private static final int DISK_FULL = 13;

    private static final int PRIMARY_CODE = 0xFF;

    /** Statements that change records or answers, and so what sinks hold. */
    private static final Pattern OF_ROWS =
            Pattern.compile(
                    "(insert( or \\w+)? into|update|delete from) (record|answer)\\b.*",
                    Pattern.DOTALL);

    private record Prepared(PreparedStatement statement, boolean changesRows) {}

    private final Connection connection;
    private final Map<String, Prepared> prepared = new HashMap<>();
    private boolean rowsChanged;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean inTransaction;
    private Runnable beforeCommit = () -> {};
    private Runnable afterUndo = () -> {};

    Sql(Connection connection) {
        this.connection = connection;
    }

    /**
     * @param beforeCommit part of each transaction, after all else
     * @param afterUndo after one that failed
     */
    void aroundTransactions(Runnable beforeCommit, Runnable afterUndo) {
        this.beforeCommit = beforeCommit;
        this.afterUndo = afterUndo;
    }

    /** Runs a statement that changes rows and returns how many it changed. */
    int update(String sql, @Nullable Object... arguments) {
        lock.lock();
        try {
            var prepared = prepared(sql);
            int rows = bound(prepared, arguments).executeUpdate();
            if (rows > 0 && prepared.changesRows()) {
                rowsChanged = true;
                if (!inTransaction) {
                    countRevision();
                }
            }
            return rows;
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    /** Whoever remembers the number knows later whether records and answers are what they were. */
    private void countRevision() {
        if (rowsChanged) {
            rowsChanged = false;
            update(
                    """
                    insert into setting (name, value) values ('rows', '1')
                    on conflict (name) do update set value = cast(value as integer) + 1
                    """);
        }
    }

    <T> List<T> list(String sql, RowReader<T> reader, @Nullable Object... arguments) {
        var rows = new ArrayList<T>();
        each(
                sql,
                row -> {
                    rows.add(reader.read(row));
                    return true;
                },
                arguments);
        return rows;
    }

    <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... arguments) {
        var rows = list(sql, reader, arguments);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
    }

    long number(String sql, @Nullable Object... arguments) {
        return first(sql, row -> row.getLong(1), arguments).orElse(0L);
    }

    /**
     * Walks over rows without holding them. The visitor may change other tables, not the ones it is
     * walking over.
     */
    void each(String sql, RowVisitor visitor, @Nullable Object... arguments) {
        lock.lock();
        try (var rows = bound(prepared(sql), arguments).executeQuery()) {
            while (rows.next() && visitor.visit(rows)) {
                // The visitor does the work.
            }
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    /** Work inside of work already in a transaction becomes part of that. */
    void inTransaction(Runnable work) {
        lock.lock();
        try {
            if (inTransaction) {
                work.run();
                return;
            }
            connection.setAutoCommit(false);
            inTransaction = true;
            try {
                work.run();
                beforeCommit.run();
                countRevision();
                connection.commit();
            } catch (Throwable e) {
                rowsChanged = false;
                undo(e);
                afterUndo.run();
                throw e;
            } finally {
                inTransaction = false;
            }
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    /** SQLite has ended the transaction itself when the disk is full: why it did is what counts. */
    private void undo(Throwable reason) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    void close() {
        lock.lock();
        try {
            for (var each : prepared.values()) {
                each.statement().close();
            }
            connection.close();
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    static StateException failure(SQLException e) {
        if ((e.getErrorCode() & PRIMARY_CODE) == DISK_FULL) {
            return new StateException(
                    "the disk is full: the state file beside the pipeline cannot grow. Make room and run it again; what was done is kept",
                    e);
        }
        return new StateException("the state file cannot be used: " + e.getMessage(), e);
    }

    private Prepared prepared(String sql) throws SQLException {
        var before = prepared.get(sql);
        if (before != null) {
            return before;
        }
        var made =
                new Prepared(
                        connection.prepareStatement(sql), OF_ROWS.matcher(sql.strip()).matches());
        prepared.put(sql, made);
        return made;
    }

    private static PreparedStatement bound(Prepared prepared, @Nullable Object... arguments)
            throws SQLException {
        var statement = prepared.statement();
        for (int index = 0; index < arguments.length; index++) {
            statement.setObject(index + 1, arguments[index]);
        }
        return statement;
    }
}
