package dev.nightmail.pipeline.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The state of one pipeline, open for one run. One thread. */
public final class PipelineState implements AutoCloseable {

    private final Sql sql;
    private final @Nullable Path file;
    private final @Nullable FileChannel lockFile;

    private PipelineState(Sql sql, @Nullable Path file, @Nullable FileChannel lockFile) {
        this.sql = sql;
        this.file = file;
        this.lockFile = lockFile;
    }

    /**
     * Opens a state file, making it if there is none.
     *
     * @throws StateException if another run holds it, or it cannot be used
     */
    public static PipelineState open(Path file) {
        var lock = lock(file);
        try {
            return opened("jdbc:sqlite:" + file, file, lock);
        } catch (RuntimeException e) {
            close(lock);
            throw e;
        }
    }

    /**
     * An empty state that leaves nothing behind: for looking ahead where nothing has been done yet.
     * On disk, in a file of its own.
     */
    public static PipelineState scratch() {
        // An empty name is SQLite's private temporary database: it spills to disk, and is gone when
        // it is closed.
        return opened("jdbc:sqlite:", null, null);
    }

    public RecordTable records() {
        return new RecordTable(sql);
    }

    /** The files the pipeline wrote. */
    public OutputTable outputs() {
        return new OutputTable(sql, file);
    }

    /**
     * Whether the source is read as the release before this one did, since it made this state: read
     * otherwise, records would be asked, and paid for, again.
     */
    public boolean readsAsBefore() {
        return sql.number(
                        "select count(*) from setting where name = 'reading' and value = 'earlier'")
                > 0;
    }

    /** From now on the source is read as a new pipeline's would be. */
    public void readAsNew() {
        sql.update("delete from setting where name = 'reading'");
    }

    public BatchTable batches() {
        return new BatchTable(sql, file);
    }

    /** Everything the work changes becomes durable together, or nothing does. */
    public void inTransaction(Runnable work) {
        sql.inTransaction(work);
    }

    /** Work that may be interrupted. */
    public interface Trial<T> {
        T run() throws InterruptedException;
    }

    /** Does work as if, and leaves the state as it was. */
    public <T> T undone(Trial<T> trial) throws InterruptedException {
        return sql.undone(trial);
    }

    @Override
    public void close() {
        try {
            sql.close();
        } finally {
            close(lockFile);
        }
    }

    private static PipelineState opened(
            String url, @Nullable Path file, @Nullable FileChannel lock) {
        try {
            var connection = DriverManager.getConnection(url);
            try {
                prepare(connection);
                var sql = new Sql(connection);
                StateSchema.migrate(sql);
                return new PipelineState(sql, file, lock);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new StateException(
                    "cannot open the state " + (file == null ? "" : file) + ": " + e.getMessage(),
                    e);
        }
    }

    private static void prepare(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("pragma journal_mode = wal");
            statement.execute("pragma synchronous = full");
            statement.execute("pragma foreign_keys = on");
        }
    }

    private static FileChannel lock(Path file) {
        var lockFile = file.resolveSibling(file.getFileName() + ".lock");
        try {
            PrivateFile.make(lockFile);
            // SQLite takes an empty file for a new database, and gives those beside it its mode.
            PrivateFile.make(file);
            var channel =
                    FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = null;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException _) {
                // Held by this very process, which is as taken as it can be.
            }
            if (lock == null) {
                channel.close();
                throw new StateException(
                        "another run of this pipeline is under way (it holds "
                                + lockFile
                                + "): wait for it, or stop it",
                        null);
            }
            return channel;
        } catch (IOException e) {
            throw new StateException(
                    "cannot write beside the pipeline: " + lockFile + ": " + e.getMessage(), e);
        }
    }

    private static void close(@Nullable FileChannel lock) {
        if (lock == null) {
            return;
        }
        try {
            lock.close();
        } catch (IOException _) {
            // The system frees the lock with the process at the latest.
        }
    }
}
