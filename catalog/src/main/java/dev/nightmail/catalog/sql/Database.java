package dev.nightmail.catalog.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.nightmail.core.catalog.CatalogException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/**
 * An SQLite database: write-ahead log, every commit on stable storage. Safe for many threads and
 * for several processes.
 *
 * <p>SQLite lets one connection write at a time. So there is one that writes, and threads queue for
 * it in order instead of polling for the lock; others read beside it.
 */
public final class Database implements AutoCloseable {

    private static final int READERS = 4;
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    /** How long to wait for another process that writes, and for a free connection. */
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(10);

    private final HikariDataSource writing;
    private final HikariDataSource reading;
    private final Jdbi writer;
    private final Jdbi readers;

    private Database(HikariDataSource writing, HikariDataSource reading) {
        this.writing = writing;
        this.reading = reading;
        this.writer = Jdbi.create(writing);
        this.readers = Jdbi.create(reading);
    }

    /**
     * Opens a database file, which is made if need be, and brings its schema up to date.
     *
     * @throws CatalogException if it cannot be used
     */
    public static Database open(Path file) {
        var source = source(file);
        try {
            makePrivate(file);
            var writing = pool(source, "catalog-writer", 1);
            try {
                Schema.bringUpToDate(writing);
                return new Database(writing, pool(source, "catalog-reader", READERS));
            } catch (SQLException | RuntimeException e) {
                writing.close();
                throw e;
            }
        } catch (PoolInitializationException | JdbiException | SQLException | IOException e) {
            throw new CatalogException("cannot open %s: %s".formatted(file, rootMessage(e)), e);
        }
    }

    /**
     * Makes a file that is missing, for its owner only whatever the umask: SQLite takes an empty
     * one for a new database, and gives the files beside it the mode of this one.
     */
    private static void makePrivate(Path file) throws IOException {
        if (Files.exists(file) || !POSIX) {
            return;
        }
        try {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // Another process was as quick.
        }
    }

    private static SQLiteDataSource source(Path file) {
        var config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setTransactionMode(TransactionMode.IMMEDIATE);
        config.setBusyTimeout((int) LOCK_TIMEOUT.toMillis());
        config.enforceForeignKeys(true);
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    private static HikariDataSource pool(SQLiteDataSource source, String name, int connections) {
        var config = new HikariConfig();
        config.setDataSource(source);
        config.setPoolName(name);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(LOCK_TIMEOUT.toMillis());
        // These are handles of a local file: they do not age.
        config.setMaxLifetime(0);
        return new HikariDataSource(config);
    }

    /** Runs statements that only read. */
    public <T> T read(Statements<T> statements) {
        try {
            return readers.withHandle(statements::run);
        } catch (JdbiException e) {
            throw failed(e);
        }
    }

    /** Runs statements in one transaction; it is on stable storage when this returns. */
    public <T> T write(Statements<T> statements) {
        try {
            return writer.inTransaction(statements::run);
        } catch (JdbiException e) {
            throw failed(e);
        }
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Statements<T> {
        T run(Handle handle);
    }

    private static CatalogException failed(JdbiException cause) {
        return new CatalogException("the catalog failed: " + rootMessage(cause), cause);
    }

    /** The database's own words. Those of the layers between repeat the values bound. */
    private static String rootMessage(Throwable e) {
        var root = e;
        for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return String.valueOf(root.getMessage());
    }

    @Override
    public void close() {
        reading.close();
        writing.close();
    }
}
